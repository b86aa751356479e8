package install

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// attribute notes of what a plan would drop or replace whether this library wrote it. The names do not tell: a server
// gives the same ones to constraints without a name. The history does, as long as the object has not changed since.
func (p *planner) attribute(drifts []*schema.Drift) error {
	replaces := func(d *schema.Drift) bool {
		return d.NotModelled() || d.Sort == schema.Extra ||
			d.Sort == schema.Different && (d.Aspect == schema.AspectText && d.Object != schema.OfCheck ||
				d.Aspect == schema.AspectDefault && d.Have != "" || d.Aspect == schema.AspectGenerated)
	}
	if !slices.ContainsFunc(drifts, replaces) {
		return nil
	}
	statements, err := p.history()
	if err != nil {
		return err
	}
	filled := false // by a trigger before the row, which SQLite has none of that does
	if slices.ContainsFunc(drifts, required) && !p.have.FoldNames {
		if filled, err = p.db.MaySuppress(p.ctx, p.table.Name); err != nil {
			return err
		}
	}
	for _, d := range drifts {
		d.At.Holds = d.At.Holds || filled && required(d)
		if replaces(d) {
			if d.At.Own, err = p.isOwn(statements, d); err != nil {
				return err
			}
		}
	}
	p.former(drifts, statements.now)
	return p.spare(drifts)
}

// markOthers marks what others made under a name that this library gives, or on the columns of a reference, and that is
// not what the model wants: it stays, and the model's comes beside it. It reports whether there is such a thing.
// Without a history the name is all that is known.
func (p *planner) markOthers(drifts []*schema.Drift) (marked bool, err error) {
	named := func(d *schema.Drift) bool {
		return d.Sort == schema.Different && d.Aspect == schema.AspectText && !d.At.Holds &&
			(d.Object == schema.OfCheck || d.Object == schema.OfIndex && d.At.HaveIndex.SQL == "" ||
				d.Object == schema.OfForeignKey && d.At.Elsewhere)
	}
	if p.db.DSN().Options.NoHistory || !slices.ContainsFunc(drifts, named) {
		return false, nil
	}
	statements, err := p.history()
	if err != nil {
		return false, err
	}
	for _, d := range drifts {
		if !named(d) {
			continue
		}
		own, err := p.isOwn(statements, d)
		if err != nil {
			return false, err
		}
		if own {
			continue
		}
		switch marked = true; d.Object {
		case schema.OfCheck:
			d.At.HaveCheck.Others = true
		case schema.OfIndex:
			d.At.HaveIndex.Others = true
		default:
			d.At.HaveKey.Others = true
		}
	}
	return marked, nil
}

// required reports whether a drift is a column that the model does not have, and that every row needs a value for.
func required(d *schema.Drift) bool {
	return d.Sort == schema.Extra && d.At.HaveColumn != nil && d.At.HaveColumn.Required()
}

// written leaves out of the statements of a history those that may repeat what others wrote: where a table of SQLite is
// rebuilt, and its indexes are made again.
func written(statements []string) (list []string) {
	again := false
	for _, sql := range statements {
		rebuilt := ofPassing("ALTER TABLE ", sql)
		again = rebuilt || again && !strings.HasPrefix(sql, "CREATE TABLE ") &&
			strings.HasPrefix(strings.ToUpper(sql), "CREATE ")
		if !again && !ofPassing("CREATE TABLE ", sql) {
			list = append(list, sql)
		}
	}
	return list
}

// ofPassing reports whether a statement is about a table that is there for a while.
func ofPassing(begins, sql string) bool {
	rest, ok := strings.CutPrefix(sql, begins)
	if i := strings.Index(rest, `."`+dialect.Passing); ok && i > 0 && !strings.ContainsAny(rest[:i], " (\n") {
		return true // with its schema
	}
	return ok && strings.HasPrefix(rest, `"`+dialect.Passing)
}

// wrote reports whether a statement made what the database has.
func (p *planner) wrote(sql string, d *schema.Drift) bool {
	switch place := d.At; d.Object {
	case schema.OfForeignKey:
		return wroteKey(sql, p.d, p.table, place)
	case schema.OfIndex:
		return wroteIndex(sql, p.d, p.table, place.HaveIndex)
	case schema.OfCheck:
		return place.HaveCheck.Name != "" &&
			strings.Contains(sql, "CONSTRAINT "+dialect.Quote(place.HaveCheck.Name)+" CHECK (")
	case schema.OfColumn:
		switch d.Aspect {
		case schema.AspectDefault:
			return p.wroteDefault(sql, place.HaveColumn)
		case schema.AspectType:
			return p.wroteType(sql, place)
		case schema.AspectGenerated:
			return wroteColumn(sql, place.HaveColumn.Name, func(definition string) bool {
				return strings.Contains(definition, " GENERATED ALWAYS AS (") == place.HaveColumn.Generated
			})
		case schema.AspectCount:
			return wroteColumn(sql, place.HaveColumn.Name, func(definition string) bool {
				return strings.Contains(definition, " IDENTITY") || strings.Contains(definition, "PRIMARY KEY")
			})
		default:
			return wroteColumn(sql, place.HaveColumn.Name, func(string) bool { return true })
		}
	}
	return false
}

// wroteColumn reports whether a statement defines a column, in a way of which is is true.
func wroteColumn(sql, name string, is func(definition string) bool) bool {
	if strings.Contains(sql, " DROP COLUMN "+dialect.Quote(name)+", ") {
		return false // it is computed, stepped aside for another one's type, and was made again
	}
	for line := range strings.SplitSeq(sql, "\n") {
		if !strings.HasPrefix(sql, "CREATE TABLE ") {
			_, added, ok := strings.Cut(line, " ADD COLUMN ")
			if !ok {
				if _, added, ok = strings.Cut(line, " RENAME COLUMN "); ok {
					_, added, ok = strings.Cut(added, " TO ")
				}
			}
			if !ok {
				continue
			}
			line = added
		}
		line = strings.TrimSpace(line)
		if definition, ok := strings.CutPrefix(line, dialect.Quote(name)); ok && is(definition) {
			return true
		}
	}
	return false
}

// wroteType knows types that this library gives to columns, one for each kind.
func (p *planner) wroteType(sql string, place schema.DriftPlace) bool {
	h := place.HaveColumn
	if h.Kind == place.WantColumn.Kind && h.Kind != schema.Decimal {
		return false
	}
	typ := p.d.ColumnType(&schema.Column{Kind: h.Kind, Precision: h.Precision, Scale: h.Scale})
	return wroteColumn(sql, h.Name, func(definition string) bool { return strings.HasPrefix(definition, " "+typ) }) ||
		strings.Contains(sql, "ALTER COLUMN "+dialect.Quote(h.Name)+" TYPE "+typ+" ")
}

func wroteKey(sql string, d dialect.Dialect, t *schema.Table, place schema.DriftPlace) bool {
	h := place.HaveKey
	names := schema.WithNumbers(schema.IndexName(t.Name, strings.Join(h.Columns, "_")+"_fkey"))
	if h.Name != "" { // SQLite tells none
		names = slices.DeleteFunc(names, func(name string) bool { return name != h.Name })
	}
	clause := dialect.Reference(d, h)
	return slices.ContainsFunc(names, func(name string) bool {
		begin := "CONSTRAINT " + dialect.Quote(name) + " "
		return holds(sql, begin+clause) || holds(sql, begin+"FOREIGN KEY ("+dialect.QuoteList(h.Columns)+") "+clause)
	})
}

// wroteIndex recognizes indexes of columns. Expressions and conditions are read as the engine writes them, see
// [planner.remade].
func wroteIndex(sql string, d dialect.Dialect, t *schema.Table, h *schema.FoundIndex) bool {
	if h.SQL != "" { // of FTS5
		made, ok := strings.CutPrefix(sql, "CREATE VIRTUAL TABLE IF NOT EXISTS ")
		if space := t.Schema(); space != "" { // which SQLite leaves out of what it keeps
			made = strings.TrimPrefix(made, dialect.Quote(space)+".")
		}
		return ok && strings.Contains(h.SQL, "CREATE VIRTUAL TABLE "+made)
	}
	if h.Partial || h.Bound || h.Unique != strings.HasPrefix(sql, "CREATE UNIQUE INDEX ") {
		return false
	}
	columns := make([]string, len(h.Columns))
	for i, c := range h.Columns {
		if c.Name == "" || c.Nulls != "" || c.Collation != "" {
			return false
		}
		if columns[i] = dialect.Quote(c.Name); c.Desc {
			columns[i] += " DESC"
		}
	}
	_, on := d.IndexOn(t.Name, h.Name)
	end := " ON " + on + " (" + strings.Join(columns, ", ") + ")"
	if len(h.Include) > 0 {
		end += " INCLUDE (" + dialect.QuoteList(h.Include) + ")"
	}
	if h.NullsNotDistinct {
		end += " NULLS NOT DISTINCT"
	}
	return strings.HasSuffix(sql, end)
}

// wroteDefault looks for the default where a column is defined or altered.
func (p *planner) wroteDefault(sql string, h *schema.FoundColumn) bool {
	text, ok := schema.Constant(h.Default)
	if !ok {
		return false
	}
	v, err := schema.ParseLiteral(h.Kind, text)
	if err != nil {
		return false
	}
	name := dialect.Quote(h.Name) + " "
	for line := range strings.SplitSeq(sql, "\n") {
		if _, definition, ok := strings.Cut(line, name); ok && holds(definition, "DEFAULT "+p.d.Literal(v)) {
			return true
		}
	}
	return false
}

// holds reports whether a text holds another one that does not go on behind it.
func holds(sql, part string) bool {
	_, rest, ok := strings.Cut(sql, part)
	return ok && (rest == "" || strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, "\n") ||
		strings.HasPrefix(rest, " NOT VALID") ||
		strings.HasPrefix(rest, " CONSTRAINT "))
}
