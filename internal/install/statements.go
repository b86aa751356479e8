package install

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqltext"
	"github.com/prom-go/prom/schema"
)

// statements are those by which this library made and changed a table, under the names that everything has by now.
type statements struct {
	all []string // those from before the table was renamed as well
	now []string // those since
}

// history returns the statements of the table, and those by which a plan is about to rename something.
func (p *planner) history() (s statements, err error) {
	name, seen := p.table.Name, map[string]bool{}
	if slices.ContainsFunc(p.renamed, func(d *schema.Drift) bool { return d.Object == schema.OfTable }) {
		name = p.table.Was
	}
	var former, now []string
	for name != "" && !seen[name] {
		list, err := p.db.History(p.ctx, name)
		if err != nil {
			return s, err
		}
		if len(seen) == 0 {
			now = written(list)
		} else {
			former = append(written(list), former...)
		}
		seen[name], name = true, nameBefore(list)
	}
	for i := range p.steps {
		now = append(now, p.steps[i].SQL...)
	}
	s.all = named(slices.Concat(former, now))
	s.now = s.all[len(former):]
	return s, nil
}

// nameBefore returns the name that a table had before the first statement by which it got another one, "" for none.
func nameBefore(statements []string) string {
	for _, sql := range statements {
		for _, renames := range []string{" RENAME TO ", " SET SCHEMA "} {
			if table, _, ok := strings.Cut(sql, renames); ok && strings.HasPrefix(table, "ALTER TABLE ") {
				parts := strings.Split(strings.TrimPrefix(table, "ALTER TABLE "), `"."`)
				for i := range parts {
					parts[i] = unquote(parts[i])
				}
				if len(parts) == 1 {
					return schema.JoinName("", parts[0])
				}
				return schema.JoinName(parts[0], parts[1])
			}
		}
	}
	return ""
}

// named returns statements with the names that later ones have given to tables, columns, constraints and indexes. This
// library quotes all names.
func named(statements []string) []string {
	list := slices.Clone(statements)
	for i, sql := range statements {
		for part := range strings.SplitSeq(sql, "; ") {
			from, to := renaming(part)
			for j := 0; from != "" && j < i; j++ {
				was, _ := renaming(list[j])
				switch {
				case was != "":
				case strings.HasPrefix(list[j], "CREATE ") && strings.Contains(list[j], "INDEX "): // with expressions of the program's own
					list[j] = sqltext.Rename(list[j], unquote(from), unquote(to))
				default:
					list[j] = strings.ReplaceAll(list[j], from, to)
				}
			}
		}
	}
	return list
}

// renaming returns the names, quoted, from which and to which a statement renames something; "" for another statement.
func renaming(sql string) (from, to string) {
	before, to, ok := strings.Cut(sql, " TO ")
	switch {
	case !ok || !strings.HasPrefix(sql, "ALTER "):
		return "", ""
	case strings.Contains(before, " RENAME COLUMN "):
		_, from, _ = strings.Cut(before, " RENAME COLUMN ")
	case strings.Contains(before, " RENAME CONSTRAINT "):
		_, from, _ = strings.Cut(before, " RENAME CONSTRAINT ")
	case strings.HasSuffix(before, " RENAME"):
		from = strings.TrimSuffix(before, " RENAME")
		if i := strings.LastIndex(from, `."`); i >= 0 {
			from = from[i+1:]
		} else if i := strings.Index(from, `"`); i >= 0 {
			from = from[i:]
		}
	}
	return from, to
}

// isOwn reports whether this library wrote what a drift is about. Programs of the version before may still need a
// column from before its table was renamed.
func (p *planner) isOwn(s statements, d *schema.Drift) (bool, error) {
	list := s.all
	if d.Object == schema.OfColumn {
		list = s.now
	}
	if strings.HasPrefix(d.Name, dialect.Passing) ||
		slices.ContainsFunc(list, func(sql string) bool { return p.wrote(sql, d) }) {
		return true, nil
	}
	if ix := d.At.HaveIndex; ix != nil && ix.SQL == "" && !ix.Bound {
		return p.remade(list, ix)
	}
	return false, nil
}

// remade reports whether the statement by which this library made an index of that name makes this one: of an
// expression or a condition only the engine knows how it writes them.
func (p *planner) remade(statements []string, ix *schema.FoundIndex) (bool, error) {
	name, on := p.d.IndexOn(p.table.Name, ix.Name)
	for _, sql := range slices.Backward(statements) {
		begin, rest, ok := strings.Cut(sql, " "+name+" ON "+on+" ")
		if !ok || !strings.HasPrefix(begin, "CREATE ") || !strings.HasSuffix(strings.TrimSuffix(begin, " CONCURRENTLY"), "INDEX") {
			continue
		}
		if p.d.ShadowApart() { // it keeps the text
			return slices.ContainsFunc(p.have.Definitions, func(d schema.Definition) bool {
				return strings.EqualFold(d.Name, ix.Name) && strings.HasSuffix(plain.Replace(d.SQL), plain.Replace("ON"+on+rest))
			}), nil
		}
		if p.renamed != nil {
			return true, nil // the table is not yet what the statement is about
		}
		begin = strings.TrimSuffix(begin, " CONCURRENTLY")
		return p.makes(begin+" "+dialect.Quote(ix.Name)+" ON "+dialect.Quote(likeTable)+" "+rest, ix)
	}
	return false, nil
}

// plain leaves out of SQL what SQLite may write in another way when it renames something: quotes and spaces.
var plain = strings.NewReplacer(`"`, "", " ", "", "\n", "")

// likeTable is a temporary table that is rolled back.
const likeTable = dialect.Passing + "_like"

// makes reports whether a statement makes an index like another one, on a temporary table with the same columns.
func (p *planner) makes(create string, ix *schema.FoundIndex) (same bool, err error) {
	err = p.db.Tx(p.ctx, func(ctx context.Context) error {
		for _, sql := range []string{
			"CREATE TEMPORARY TABLE " + dialect.Quote(likeTable) + " (LIKE " + p.d.Table(p.table.Name) + ")", create,
		} {
			if _, err := p.db.Exec(ctx, &driver.Statement{SQL: sql, Op: "plan", Table: p.table.Name}); err != nil {
				return err
			}
		}
		found, err := p.db.InspectAll(ctx, likeTable)
		if err != nil {
			return err
		}
		made := found.Index(ix.Name)
		same = made != nil && made.Alike(ix)
		return errRolledBack
	})
	switch driver.KindOf(err) {
	case driver.KindNoColumn, driver.KindNoTable, driver.KindSyntax, driver.KindType:
		return false, nil // the table is another one since
	}
	if errors.Is(err, errRolledBack) {
		err = nil
	}
	return same, err
}
