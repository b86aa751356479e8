package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// checkCommand is prom check.
type checkCommand struct {
	Annotations string   `enum:"auto,text,github,gitlab" default:"auto" help:"The form of the list: text, github (for GitHub Actions, where it is the default), or gitlab (a report of code quality)."`
	Strict      bool     `help:"Fail for warnings too."`
	Tables      []string `arg:"" optional:"" complete:"tables" help:"The tables to check; without them, those of all models."`
}

// Help returns what --help shows below the flags.
func (*checkCommand) Help() string {
	return `It compares the models with the database, changes nothing, and exits with 3 if they contradict each other. Each
difference is told with the file and line of the struct's field, as far as the source is here. Differences with which
everything works, such as a column that may go, are warnings.

  prom check                                                 a gate in CI
  prom check --annotations=gitlab > gl-code-quality-report.json`
}

// finding is one drift, with the line of the field that it is about.
type finding struct {
	*prom.Drift
	Connection string `json:"connection,omitempty"`
	Severity   string `json:"severity"` // "error" or "warning"
	Message    string `json:"message"`
	File       string `json:"file,omitempty"`
	Line       int    `json:"line,omitempty"`
}

func (c *checkCommand) Run(ctx context.Context, e *env) error {
	repos, err := e.models()
	if err == nil {
		repos, err = named(repos, c.Tables)
	}
	if err != nil {
		return err
	}
	found, err := findings(ctx, repos)
	if err != nil {
		return err
	}
	form := c.Annotations
	if form == "auto" {
		form = "text"
		if os.Getenv("GITHUB_ACTIONS") == "true" {
			form = "github"
		}
	}
	if len(found) > 0 {
		if err := locate(ctx, repos, found, workspace(form)); err != nil {
			_, _ = fmt.Fprintf(e.err, "prom: the list has no files and lines: %v\n", err)
		}
	}
	err = e.print(map[string]any{"drifts": found}, func(w io.Writer) error {
		return annotations[form](e, w, found)
	})
	bad := len(slices.DeleteFunc(slices.Clone(found), func(f finding) bool { return f.Severity == "warning" }))
	switch {
	case err != nil:
		return err
	case bad > 0:
		err = fmt.Errorf("the database contradicts the models in %s; prom plan shows what to do", plural(bad, "place"))
		return coded{err, CodeDrift}
	case c.Strict && len(found) > 0:
		return coded{fmt.Errorf("%s, and --strict allows none", plural(len(found), "warning")), CodeDrift}
	case form == "text" && len(found) == 0 && !e.flags.JSON:
		_, err = fmt.Fprintf(e.out, "%s %s as the models say\n", e.paint(green, "✓"), plural(len(repos), "table"))
	}
	return err
}

// findings checks the repos of one connection after the other.
func findings(ctx context.Context, repos []prom.AnyRepo) ([]finding, error) {
	found := []finding{}
	var dbs []*prom.DB
	byDB := map[*prom.DB][]prom.AnyRepo{}
	for _, r := range repos {
		db, err := r.DB()
		if err != nil {
			return nil, err
		}
		if byDB[db] == nil {
			dbs = append(dbs, db)
		}
		byDB[db] = append(byDB[db], r)
	}
	for _, db := range dbs {
		err := prom.Check(ctx, byDB[db]...)
		var drifts prom.Drifts
		if err != nil && !errors.As(err, &drifts) {
			return nil, err
		}
		for _, d := range drifts {
			f := finding{Drift: d, Connection: db.Name(), Severity: "error"}
			if f.Message = d.Error() + onConnection(db.Name()); d.Harmless() {
				f.Severity = "warning"
			}
			found = append(found, f)
		}
	}
	return found, nil
}

// locate fills in the files, relative to a folder, and the lines.
func locate(ctx context.Context, repos []prom.AnyRepo, found []finding, dir string) error {
	models := make([]reflect.Type, len(repos))
	for i, r := range repos {
		models[i] = r.Schema().Model
	}
	s, err := findSources(ctx, models)
	if err != nil {
		return err
	}
	for i := range found {
		f := &found[i]
		for _, r := range repos {
			if db, err := r.DB(); err == nil && db.Name() == f.Connection && r.Schema().Name == f.Table {
				at := s.field(r.Schema().Model, pathOf(r.Schema(), f.Drift))
				f.File, f.Line = relative(dir, at.file), at.line
				break
			}
		}
	}
	return nil
}

// pathOf returns the path of the field that a drift is about, nil if it is about the table.
func pathOf(t *schema.Table, d *prom.Drift) []int {
	switch {
	case d.At.Column != nil:
		return d.At.Column.Path
	case d.At.ForeignKey != nil:
		var path []int
		model := t.Model
		for name := range strings.SplitSeq(d.At.ForeignKey.Field, ".") {
			f, ok := deref(model).FieldByName(name)
			if !ok {
				return d.At.ForeignKey.Columns[0].Path
			}
			path, model = append(path, f.Index...), f.Type
		}
		return path
	case d.At.Index != nil:
		for i := range t.Model.NumField() { // an index of a blank field
			f := t.Model.Field(i)
			tag, err := schema.ReadTag(f.Tag.Get("prom"))
			if err != nil || f.Name != "_" {
				continue
			}
			for _, option := range []string{"index", "unique"} {
				if name := tag.Value(option); name != "" && strings.HasSuffix(d.At.Index.Name, "_"+name) {
					return f.Index
				}
			}
		}
		if cols := d.At.Index.OnColumns(); len(cols) > 0 {
			return cols[0].Path
		}
	case d.Object == schema.OfColumn || d.Object == schema.OfValue || d.Object == schema.OfCheck:
		if c := t.Column(d.Name); c != nil {
			return c.Path
		}
	}
	return nil
}
