package promtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/schema"
)

// Format is a format of fixture files in addition to JSON. The module promseed has YAML.
type Format struct {
	Extensions []string                          // the endings of its files, such as ".yaml"
	JSON       func(text []byte) ([]byte, error) // converts a file to JSON, with the keys of objects in their order
}

// Fixtures are the rows that [LoadFixtures] stored, by table and label.
type Fixtures struct {
	rows map[string]map[string]any // pointers to models
}

// LoadFixtures stores the rows that files describe, in one transaction for each connection, and returns them. The files
// are all of the folder and the folders in it that end with .json, or with an extension of one of the formats; several
// files may have rows of one table. Repos are those of the tables in the files. The file
//
//	{
//		"author": {
//			"ada": {"name": "Ada", "born": "1815-12-10"}
//		},
//		"book": {
//			"notes": {"title": "Notes", "author_id": "$ada", "tags": ["engine"]}
//		}
//	}
//
// has an author whose label is ada, and a book whose column author_id refers to it. Tables and columns have the names
// of the database; a relation of several columns has the name of its field. "$ada" is the row with that label, of the
// table that the column refers to, wherever it stands; a text that begins with $ is written "$$…". What a row leaves
// out has its default. Values are written as encoding/json writes the type of the field, and times, dates, intervals of
// time and decimals also as in tags.
//
// Hooks and rules hold as for Create. A row that is there already is an error ([prom.ErrUnique]), and then nothing is
// stored on that connection. Errors name file, table, label and column, and no value.
func LoadFixtures(ctx context.Context, files fs.FS, repos []prom.AnyRepo, formats ...Format) (*Fixtures, error) {
	l := &loader{tables: map[string]*tableOf{}, byModel: map[reflect.Type]*tableOf{}}
	for _, r := range repos {
		t := &tableOf{repo: core.Of(r), schema: r.Schema(), rows: map[string]*fixture{}}
		var err error
		if t.db, err = r.DB(); err != nil {
			return nil, err
		}
		l.tables[t.schema.Name], l.byModel[t.schema.Model] = t, t
	}
	if err := l.read(files, formats); err != nil {
		return nil, fmt.Errorf("promtest: %w", err)
	}
	var dbs []*prom.DB
	for _, f := range l.list {
		if !slices.Contains(dbs, f.table.db) {
			dbs = append(dbs, f.table.db)
		}
	}
	for _, d := range dbs {
		if err := d.Tx(ctx, func(ctx context.Context) error { return l.storeAll(ctx, d) }); err != nil {
			return nil, fmt.Errorf("promtest: %w", err)
		}
	}
	all := &Fixtures{rows: map[string]map[string]any{}}
	for name, t := range l.tables {
		all.rows[name] = map[string]any{}
		for label, f := range t.rows {
			all.rows[name][label] = f.value
		}
	}
	return all, nil
}

// LoadedFixtures is [LoadFixtures] for a test: an error ends the test. The rows stay, so use a database of [DB], or the
// context of [Rollback].
func LoadedFixtures(tb testing.TB, ctx context.Context, files fs.FS, repos []prom.AnyRepo,
	formats ...Format) *Fixtures {
	tb.Helper()
	all, err := LoadFixtures(ctx, files, repos, formats...)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// Len returns the number of rows.
func (f *Fixtures) Len() (n int) {
	for _, rows := range f.rows {
		n += len(rows)
	}
	return n
}

// Fixture returns the row of the model T with the given label. If there is none, it panics with the labels that exist.
func Fixture[T any](f *Fixtures, label string) *T {
	var labels []string
	for _, rows := range f.rows {
		for l, row := range rows {
			v, ok := row.(*T)
			if ok && l == label {
				return v
			}
			if ok {
				labels = append(labels, l)
			}
		}
	}
	slices.Sort(labels)
	panic(fmt.Sprintf("promtest: there is no fixture of %s with the label %q; there are: %s", reflect.TypeFor[T](), label,
		strings.Join(labels, ", ")))
}

// loader loads fixtures.
type loader struct {
	tables  map[string]*tableOf
	byModel map[reflect.Type]*tableOf
	list    []*fixture // in the order of the files
	later   []func(ctx context.Context) error
}

type tableOf struct {
	repo   *core.Repo
	schema *schema.Table
	db     *prom.DB
	rows   map[string]*fixture // by label
}

// fixture is a row.
type fixture struct {
	file, label string
	table       *tableOf
	columns     []member
	value       any  // a pointer to the model; nil before it is made
	stored      bool // else it is being made, if there is a value
}

// member is a member of a JSON object.
type member struct {
	name string
	raw  json.RawMessage
}

func (f *fixture) errorf(format string, args ...any) error {
	return fmt.Errorf("fixture %s of %s (%s): %w", f.label, f.table.schema.Name, f.file, fmt.Errorf(format, args...))
}

// read reads the files.
func (l *loader) read(files fs.FS, formats []Format) error {
	plain := Format{[]string{".json"}, func(text []byte) ([]byte, error) { return text, nil }}
	formats = append(slices.Clone(formats), plain)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		i := slices.IndexFunc(formats, func(f Format) bool { return slices.Contains(f.Extensions, path.Ext(name)) })
		if i < 0 {
			return nil
		}
		text, err := fs.ReadFile(files, name)
		if err == nil {
			text, err = formats[i].JSON(text)
		}
		if err == nil {
			err = l.readFile(name, text)
		}
		if err != nil {
			return fmt.Errorf("fixtures of %s: %w", name, err)
		}
		return nil
	})
	if err == nil && len(l.list) == 0 {
		return errors.New("the files have no fixtures")
	}
	return err
}

func (l *loader) readFile(name string, text []byte) error {
	tables, err := members(text)
	if err != nil {
		return err
	}
	for _, m := range tables {
		t := l.tables[m.name]
		if t == nil {
			known := make([]string, 0, len(l.tables))
			for name := range l.tables {
				known = append(known, name)
			}
			slices.Sort(known)
			return fmt.Errorf("there is no repo of the table %q; there are repos of %s", m.name, strings.Join(known, ", "))
		}
		rows, err := members(m.raw)
		if err != nil {
			return fmt.Errorf("table %s: %w", m.name, err)
		}
		for _, row := range rows {
			f := &fixture{file: name, label: row.name, table: t}
			if other := t.rows[row.name]; other != nil {
				return f.errorf("there is another row of this label, in %s", other.file)
			}
			if f.columns, err = members(row.raw); err != nil {
				return f.errorf("%w", err)
			}
			t.rows[row.name] = f
			l.list = append(l.list, f)
		}
	}
	return nil
}

// members returns the members of a JSON object in their order.
func members(text []byte) (list []member, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("it must be an object"), err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)}
		if err := d.Decode(&m.raw); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(o member) bool { return o.name == m.name }) {
			return nil, fmt.Errorf("%q appears twice", m.name)
		}
		list = append(list, m)
	}
	_, err = d.Token()
	return list, err
}

// storeAll stores the rows of a connection.
func (l *loader) storeAll(ctx context.Context, d *prom.DB) error {
	l.later = nil
	for _, f := range l.list {
		if f.table.db == d {
			if err := l.store(ctx, f); err != nil {
				return err
			}
		}
	}
	for _, fn := range l.later {
		if err := fn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// store stores a row, and before it those that it refers to.
func (l *loader) store(ctx context.Context, f *fixture) error {
	if f.value != nil {
		return nil
	}
	f.value = f.table.repo.NewAny()
	for _, m := range f.columns {
		if err := l.set(ctx, f, m); err != nil {
			return f.errorf("%s: %w", m.name, err)
		}
	}
	if err := f.table.repo.CreateAny(ctx, f.value); err != nil {
		return f.errorf("%w", err)
	}
	f.stored = true
	return nil
}
