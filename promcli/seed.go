package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promseed"
	"github.com/prom-go/prom/promtest"
)

// seedCommand is prom seed.
type seedCommand struct {
	Fixtures string   `arg:"" optional:"" type:"existingdir" help:"A folder of fixtures: files of rows in YAML or JSON."`
	Rows     int      `placeholder:"N" help:"Rows to make for each table, with random values that fit the rules of its fields."`
	Tables   []string `complete:"tables" placeholder:"TABLE" help:"Make rows for these tables alone."`
	Seed     uint64   `placeholder:"N" help:"The seed of the random values; without it, they are others each time."`
	Optional bool     `help:"Fill fields too that may be NULL."`
	Add      bool     `help:"Add to tables that have rows already."`
}

// Help returns what --help shows below the flags.
func (*seedCommand) Help() string {
	return `Fixtures are rows with labels, by which other rows refer to them:

  # fixtures/books.yaml
  author:
    ada: {name: Ada, born: 1815-12-10}
  book:
    notes: {title: Notes, author_id: $ada}

  prom seed fixtures/
  prom seed --rows 1000
  prom seed fixtures/ --rows 50 --tables book

Tables are installed as the program would install them. Each connection has one transaction: after an error nothing of
it is stored. A table that has rows already is refused without --add.`
}

// seeded is the result of seed.
type seeded struct {
	Fixtures int           `json:"fixtures"`
	Tables   []seededTable `json:"tables"`
}

type seededTable struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"` // that it has now
}

// Run runs the command.
func (c *seedCommand) Run(ctx context.Context, e *env) error {
	repos, err := e.models()
	if err != nil {
		return err
	}
	switch {
	case c.Fixtures == "" && c.Rows == 0:
		return usage("nothing to store: give a folder of fixtures, or --rows")
	case c.Rows < 0:
		return usage("--rows must be positive")
	case c.Rows == 0 && len(c.Tables) > 0:
		return usage("--tables is for --rows: files of fixtures name their tables")
	}
	repos = stored(repos)
	filled, err := named(repos, c.Tables)
	if err != nil {
		return err
	}
	if !c.Add {
		for _, r := range repos {
			n, err := countOf(ctx, r)
			if err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("the table %s has rows: seed is for the database of a development; --add adds to them",
					r.Schema().Name)
			}
		}
	}
	var result seeded
	if c.Fixtures != "" {
		f, err := promtest.LoadFixtures(ctx, os.DirFS(c.Fixtures), repos, promseed.YAML())
		if err != nil {
			return err
		}
		result.Fixtures = f.Len()
	}
	if c.Rows > 0 {
		if c.Seed == 0 {
			c.Seed = rand.Uint64()
		}
		options := []promtest.FactoryOption{promtest.Fake(promseed.Faker()), promtest.Seed(c.Seed)}
		if c.Optional {
			options = append(options, promtest.Optional())
		}
		if err := promtest.Fill(ctx, c.Rows, filled, options...); err != nil {
			if c.Fixtures != "" {
				return fmt.Errorf("the fixtures are stored, the rows of --rows are not: %w", err)
			}
			return err
		}
	}
	for _, r := range repos {
		n, err := countOf(ctx, r)
		if err != nil {
			return err
		}
		if n > 0 {
			result.Tables = append(result.Tables, seededTable{r.Schema().Name, n})
		}
	}
	return e.print(result, func(w io.Writer) error {
		for _, t := range result.Tables {
			if _, err := fmt.Fprintf(w, "%s %s: %s\n", e.paint(green, "✓"), t.Table, rowsOf(int64(t.Rows))); err != nil {
				return err
			}
		}
		return nil
	})
}

// stored returns the repos whose models have tables.
func stored(repos []prom.AnyRepo) (list []prom.AnyRepo) {
	for _, r := range repos {
		if !r.Schema().View {
			list = append(list, r)
		}
	}
	return list
}

// countOf returns how many rows the table of a repo has, 0 where there is none.
func countOf(ctx context.Context, r prom.AnyRepo) (n int, err error) {
	db, err := r.DB()
	if err != nil {
		return 0, err
	}
	_, err = db.Describe(ctx, r.Schema().Name)
	if errors.Is(err, prom.ErrNoTable) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return prom.RawQuery[int](db, "SELECT count(*) FROM "+db.Dialect().Table(r.Schema().Name)).First(ctx)
}
