package promcli

import (
	"context"
	"io"
	"os"

	"github.com/prom-go/prom/internal/modelgen"
)

// inspectCommand is prom inspect.
type inspectCommand struct {
	Package string   `default:"models" help:"The name of the package to write."`
	Schemas []string `name:"schema" placeholder:"NAME,…" help:"The schemas, or attached databases of SQLite, whose tables to take; without it, those that a name without a schema finds."`
	Views   bool     `help:"Write models of views too, which are only read."`
	Output  string   `short:"o" placeholder:"FILE" help:"The file to write; without it, the standard output."`
	Tables  []string `arg:"" optional:"" help:"The tables; without them, all."`
}

// Help returns what --help shows below the flags.
func (*inspectCommand) Help() string {
	return `It writes Go models of a database that exists: a struct, a repo and the field handles of each table. What a model cannot
say is left out, with a comment that tells why.

  prom inspect --dsn postgres://localhost/app -o models/models.go
  prom inspect --schema billing,auth --package ledger > ledger/models.go`
}

// inspected is the result of inspect in JSON.
type inspected struct {
	Package string `json:"package"`
	Source  string `json:"source"`
}

// Run runs the command.
func (c *inspectCommand) Run(ctx context.Context, e *env) error {
	db, err := e.db()
	if err != nil {
		return err
	}
	options := modelgen.Options{Package: c.Package, Schemas: c.Schemas, Tables: c.Tables, Views: c.Views}
	source, err := modelgen.Source(ctx, db, options)
	if err != nil {
		return err
	}
	if c.Output != "" {
		return os.WriteFile(c.Output, source, 0o666) //nolint:gosec // source, as other tools write it
	}
	return e.print(inspected{c.Package, string(source)}, func(w io.Writer) error {
		_, err := w.Write(source)
		return err
	})
}
