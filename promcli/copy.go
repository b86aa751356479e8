package promcli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/transfer"
	"github.com/prom-go/prom/schema"
)

// copyCommand is prom copy.
type copyCommand struct {
	From  string   `arg:"" help:"The source: a DSN, or the name of a connection of the environment."`
	To    string   `arg:"" help:"The target, in the same way. Its tables are made; those that it has must have no rows."`
	Table []string `name:"table" short:"t" placeholder:"NAME" help:"A table to copy, one flag for each; without it, all of them."`
	Found bool     `help:"Copy the tables that the source has, also when the program has models."`
	Again bool     `help:"Begin again: delete the rows of an unfinished copy first."`
}

// Help returns what --help shows below the flags.
func (*copyCommand) Help() string {
	return `A file becomes a database of a server, and the other way:

  prom copy sqlite:///var/lib/app/app.db postgres://app@db.example.org/app
  prom copy old new -t author -t book

A program with models makes the tables as they say; the plain command as the source has them. Rows are copied as they
are stored. Indexes and foreign keys are made behind the rows, keys are counted on, and both databases are compared by
the number of rows and a checksum.

When it is interrupted or killed, the same command goes on where it was. The table prom_copy of the target tells where
that is; it is dropped at the end. Rows of the source that were changed between two runs are found by the checksum,
and then the copy has to begin again, with --again.`
}

// copied is the result of copy.
type copied struct {
	Tables  []copiedTable `json:"tables"`
	Rows    int64         `json:"rows"`
	Seconds float64       `json:"seconds"`
	Remarks []string      `json:"remarks,omitempty"`
}

type copiedTable struct {
	Table    string `json:"table"`
	Rows     int64  `json:"rows"`
	Checksum string `json:"checksum"`
	Resumed  bool   `json:"resumed,omitempty"`
}

// Run runs the command.
func (c *copyCommand) Run(ctx context.Context, e *env) error {
	if e.flags.DSN != "" || e.flags.On != "" {
		return usage("copy takes both databases as arguments: leave out --dsn and --on")
	}
	from, err := e.open(c.From)
	if err != nil {
		return err
	}
	to, err := e.open(c.To)
	if err != nil {
		return err
	}
	b := e.newBar()
	o := transfer.Options{Tables: c.Table, Again: c.Again, Tell: func(p transfer.Progress) {
		stages := map[string]string{"rows": "copy ", "check": "check ", "index": "indexes"}
		if p.Stage == "" {
			b.end()
			return
		}
		b.set(stages[p.Stage]+p.Table, "rows", p.Rows, p.Of)
	}}
	if !c.Found {
		o.Models = tablesOf(e.repos)
	}
	r, err := transfer.Copy(ctx, (*db.DB)(from), (*db.DB)(to), o)
	b.end()
	if err != nil {
		return err
	}
	done := copied{Seconds: r.Took.Seconds(), Remarks: r.Remarks}
	for _, t := range r.Tables {
		done.Rows += t.Rows
		done.Tables = append(done.Tables, copiedTable{t.Table, t.Rows, fmt.Sprintf("%016x", t.Sum), t.Resumed})
	}
	return e.print(done, func(w io.Writer) error {
		tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
		for _, t := range done.Tables {
			note := ""
			if t.Resumed {
				note = "gone on with"
			}
			_, _ = fmt.Fprintf(tw, "%s\t%d rows\t%s\t%s\n", t.Table, t.Rows, t.Checksum, note)
		}
		_ = tw.Flush()
		for _, text := range done.Remarks {
			_, _ = fmt.Fprintf(w, "%s %s\n", e.paint(yellow, "!"), text)
		}
		_, err := fmt.Fprintf(w, "%s %d rows in %s, the same in both databases\n", e.paint(green, "✓"), done.Rows,
			r.Took.Round(10*time.Millisecond))
		return err
	})
}

// tablesOf returns the tables of models.
func tablesOf(repos []prom.AnyRepo) []*schema.Table {
	var list []*schema.Table
	for _, r := range repos {
		list = append(list, r.Schema())
	}
	return list
}
