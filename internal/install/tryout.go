package install

import (
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// tryOut notes what keeps steps from being done, where the engine keeps its definitions as text and knows only when it
// reads them again which of them speak of what is changed: it does the steps in a database in memory that is made like
// this one.
func (p *planner) tryOut(steps []schema.Step) error {
	if !slices.ContainsFunc(steps, func(s schema.Step) bool { return breaks(&s) }) {
		return nil
	}
	definitions, err := p.db.AllDefinitions(p.ctx, p.table.Name)
	if err != nil || definitions == nil {
		return err
	}
	var before []string // what is broken already
	err = p.trial(definitions, func(t *trial) error {
		before = t.broken()
		return nil
	})
	if err != nil {
		return err
	}
	for i := range steps {
		if !breaks(&steps[i]) {
			continue
		}
		err := p.trial(definitions, func(t *trial) error {
			for j := range i {
				// With asFound nothing was done before but what is renamed.
				if again := steps[j]; again.Blocked == nil && (!p.asFound || isRename(&again)) {
					t.do(&again, before)
				}
			}
			t.do(&steps[i], before)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func isRename(s *schema.Step) bool {
	return s.Kind == schema.RenameTable || s.Kind == schema.RenameColumn
}

// breaks reports whether a step may leave definitions that speak of what is there no more.
func breaks(s *schema.Step) bool { return isRename(s) || s.Rebuild || s.Kind == schema.DropColumn }

// trial hands an empty copy of the database to fn.
func (p *planner) trial(definitions []string, fn func(t *trial) error) error {
	return inMemory(p.ctx, func(ctx context.Context, scratch *db.DB) error {
		t := &trial{ctx: ctx, db: scratch, table: p.table.Name}
		if space := p.table.Schema(); space != "" { // whose definitions are those of the main database here
			t.prefix = p.d.Quote(space) + "."
		}
		for _, sql := range definitions {
			_ = t.run(sql) // such as a virtual table of a module that is not there
		}
		_ = t.run("PRAGMA foreign_keys = OFF")
		return fn(t)
	})
}

// trial is an empty copy of a database of SQLite.
type trial struct {
	ctx   context.Context //nolint:containedctx // of the one call that the trial lives in
	db    *db.DB
	table string

	prefix string // of names in the steps, which the copy does without
}

func (t *trial) run(sql string) error {
	if t.prefix != "" {
		sql = strings.ReplaceAll(sql, t.prefix, "")
	}
	_, err := t.db.Exec(t.ctx, &driver.Statement{SQL: sql, Op: "plan", Table: t.table})
	return err
}

// legacy says whether ALTER TABLE looks at the definitions of others.
func (t *trial) legacy(on bool) {
	value := "OFF"
	if on {
		value = "ON"
	}
	_ = t.run("PRAGMA legacy_alter_table = " + value)
}

// do does a step, and notes what is in its way. What is, is dropped, so that all of it is found.
func (t *trial) do(s *schema.Step, before []string) {
	t.legacy(s.Rebuild)
	defer t.legacy(false)
	references := t.references()
	block := func(text string) {
		if !slices.Contains(s.Blocked, text) {
			s.Blocked = append(s.Blocked, text)
		}
	}
	for i := 0; i < len(s.SQL); {
		err := t.run(s.SQL[i])
		if err == nil {
			i++
			continue
		}
		text := t.remove(err)
		if text == "" {
			return // the step itself will say why
		}
		if slices.Contains(before, text) {
			text += ", which is invalid already,"
		}
		block(text)
	}
	if !breaks(s) {
		return
	}
	t.legacy(false)
	for _, text := range t.broken() {
		if !slices.Contains(before, text) {
			block(text)
		}
	}
	for _, name := range t.references() {
		if !slices.Contains(references, name) {
			block("a foreign key of " + name)
		}
	}
}

// references lists the tables whose foreign keys lead to what is not there.
func (t *trial) references() (names []string) {
	failed, err := t.db.BrokenReferences(t.ctx, "")
	for _, f := range failed {
		if err == nil && f[1] == "check" {
			names = append(names, f[0])
		}
	}
	return names
}

// broken lists the views and triggers whose definitions speak of what is not there, and drops them. ALTER TABLE reads
// all definitions, whatever table it is about.
func (t *trial) broken() (list []string) {
	const name = dialect.Passing + "_trial"
	if t.run("CREATE TABLE "+name+" (a)") != nil {
		return nil
	}
	defer func() { _ = t.run("DROP TABLE IF EXISTS " + name) }()
	for {
		err := t.run("ALTER TABLE " + name + " RENAME COLUMN a TO b")
		if err == nil {
			_ = t.run("ALTER TABLE " + name + " RENAME COLUMN b TO a")
			return list
		}
		text := t.remove(err)
		if text == "" {
			return list
		}
		list = append(list, text)
	}
}

// remove drops the view or trigger for which a statement failed, and returns what it was; "" for another error.
func (t *trial) remove(err error) string {
	sort, name := db.BrokenBy(err)
	if sort == "" || sort == "table" || t.run("DROP "+strings.ToUpper(sort)+" "+dialect.Quote(name)) != nil {
		return ""
	}
	return sort + " " + name
}
