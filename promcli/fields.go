package promcli

import (
	"errors"

	"github.com/prom-go/prom/internal/fieldgen"
)

// fieldsCommand is prom fields.
type fieldsCommand struct {
	Output string   `short:"o" default:"prom_fields.go" placeholder:"FILE" help:"The file to write, in the folder of the package."`
	Types  []string `placeholder:"NAME,…" help:"The models; without it, all that are found."`
	Codecs []string `placeholder:"TYPE,…" help:"Types with a codec that another package registers, such as money.Amount."`
	Export bool     `help:"Export the variables: BookFields, and not book."`
	Check  bool     `help:"Write nothing, and exit with 3 if the file is not current."`
	Dir    string   `arg:"" optional:"" default:"." help:"The folder of the package."`
}

// Help returns what --help shows below the flags.
func (*fieldsCommand) Help() string {
	return `It writes the handles of the models that a package has, one struct of them for each model, so that queries say
book.Title.Eq("Dune"). It is run by go generate, and its file is checked in:

  //go:generate prom fields

See docs/guide/fields.md.`
}

// Run runs the command.
func (c *fieldsCommand) Run() error {
	err := fieldgen.Run(fieldgen.Options{
		Dir: c.Dir, Output: c.Output, Types: c.Types, Codecs: c.Codecs, Export: c.Export, Check: c.Check,
	})
	if errors.Is(err, fieldgen.ErrStale) {
		return coded{err, CodeDrift}
	}
	return err
}
