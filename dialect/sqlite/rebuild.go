package sqlite

import (
	"regexp"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// rebuild is what is changed when a table is rebuilt.
type rebuild struct {
	lossy  bool
	drifts []*schema.Drift
	edits  []func(def, want *tableDef)
	exprs  map[string]string // how values are taken over, by the name of the column
	drops  []string          // columns

	computes, stores []string // columns that are generated from now on, and those that are not any more

	probes []string
}

// sort puts a change into the step that makes the table anew, or says what a person has to do instead.
func (w *alteration) sort(drift *schema.Drift, keep, lose *rebuild) (advice string) {
	r, name, place := keep, drift.Name, drift.At
	switch expr, can := w.retyped(drift); {
	case !can && drift.Aspect != schema.AspectType:
		return "it follows after the type of its column has changed"
	case expr != "":
		r = lose // what is said of the column is said of its values of the new type
	}
	edit := func(f func(def, want *tableDef)) { r.edits = append(r.edits, f) }
	put := func(sort string) {
		edit(func(def, want *tableDef) { def.column(name).put(sort, want.column(name)) })
	}
	switch {
	case drift.Object == schema.OfTable:
		return "it is created with the table"
	case drift.Object == schema.OfColumn && drift.Sort == schema.Extra:
		r = lose
		r.drops = append(r.drops, name)
		edit(func(def, _ *tableDef) { def.dropColumn(name) })
	case drift.Aspect == schema.AspectGenerated && place.Column.Generated == "" && !place.Own:
		return dialect.ReadOnlyAdvice
	case drift.Aspect == schema.AspectGenerated:
		if place.WantColumn.Generated && dialect.Replacing(drift, schema.Rewriting) == schema.Lossy {
			r = lose // values that somebody stored, or another expression
		}
		edit(func(def, want *tableDef) {
			col := def.column(name)
			col.put(clauseAs, &columnDef{})
			col.put(clauseDefault, &columnDef{})
			col.put(clauseGenerated, want.column(name))
		})
		if place.WantColumn.Generated {
			r.computes = append(r.computes, name)
		} else {
			r.stores = append(r.stores, name)
		}
	case drift.Aspect == schema.AspectType && (place.Column.Generated != "" || place.HaveColumn.Generated):
		edit(func(def, want *tableDef) { def.column(name).typ = want.column(name).typ })
		if !place.HaveColumn.KeepsCollation(place.WantColumn) {
			put(clauseCollate)
		}
	case drift.Object == schema.OfColumn && drift.Aspect == schema.AspectType:
		expr, probe, lossy, can := w.conversion(drift)
		if !can {
			return "there is no conversion between the types; add a column with another name, fill it, and drop this one"
		}
		if lossy {
			r = lose
		}
		if probe != "" {
			r.probes = append(r.probes, "SELECT count(*) FROM "+w.d.Table(w.Table.Name)+" WHERE "+probe)
		}
		if r.exprs == nil {
			r.exprs = map[string]string{}
		}
		if have, want := place.HaveColumn, place.WantColumn; !have.KeepsCollation(want) {
			if put(clauseCollate); have.NoCase != want.NoCase {
				expr = dialect.Collated(expr, want.NoCase)
			}
		}
		r.exprs[strings.ToLower(name)] = expr
		edit(func(def, want *tableDef) { def.column(name).typ = want.column(name).typ })
		if have, want := place.HaveColumn.Kind, place.WantColumn.Kind; have != want && !(have.Number() && want.Number()) {
			w.dropChecksOn(name, lose)
		}
	case drift.Aspect == schema.AspectNull:
		if place.WantColumn.NotNull {
			r.probes = append(r.probes, dialect.NullProbe(w.d, w.Table.Name, name))
		}
		put(clauseNotNull)
	case drift.Aspect == schema.AspectDefault:
		// not the library's own: existing rows may need it
		if !place.Column.HasConstant() || dialect.Replacing(drift, schema.Rewriting) == schema.Lossy {
			r = lose
		}
		put(clauseDefault)
	case drift.Object == schema.OfCheck:
		if have := place.HaveCheck; have != nil {
			if isOthers(drift) {
				r = lose
			}
			edit(func(def, _ *tableDef) {
				def.dropWhere(func(_ *columnDef, c *clause) bool {
					return c.sort == clauseCheck && c.name == have.Name && c.condition() == have.Expr
				})
			})
		}
		if want := place.WantCheck; want != nil {
			c := place.Column
			constraint, condition := dialect.CheckNamed(w.d, want.Name, c)
			probe := dialect.CheckProbe(w.d, w.Table.Name, condition)
			if expr, _ := w.retyped(drift); expr != "" {
				name := dialect.Quote(c.Name)
				probe = "SELECT count(*) FROM (SELECT " + expr + " AS " + name + " FROM " + w.d.Table(w.Table.Name) +
					") WHERE NOT (" + condition + ")"
			}
			r.probes = append(r.probes, probe)
			edit(func(def, _ *tableDef) {
				col := def.column(c.Name)
				col.clauses = append(col.clauses, clauses(constraint, tokens(constraint))...)
			})
		}
	case drift.Object == schema.OfForeignKey:
		if drift.Sort == schema.Extra || dialect.Replacing(drift, schema.Rewriting) == schema.Lossy {
			r = lose
		}
		w.foreignKey(r, drift, edit)
	default:
		return "create the table again, or change the model"
	}
	r.drifts = append(r.drifts, drift)
	return ""
}

// dropChecksOn has the CHECKs of others go that are written for the old type of a column: its values of the new type
// may not pass them.
func (w *alteration) dropChecksOn(column string, lose *rebuild) {
	for _, extra := range w.Drifts {
		if extra.Object == schema.OfCheck && extra.Sort == schema.Extra &&
			exprSpeaksOf(tokens(extra.At.HaveCheck.Expr), column) && !slices.Contains(lose.drifts, extra) {
			w.sort(extra, lose, lose)
		}
	}
}

// ownCheck matches the CHECKs that this library writes. The purpose of others is not known.
var ownCheck = regexp.MustCompile(`^(length\("(""|[^"])+"\)|"(""|[^"])+") (>=|<=|=) ` + number +
	`( AND (length\("(""|[^"])+"\)|"(""|[^"])+") <= ` + number + `)?$`)

const number = `-?[0-9.]+(e[+-]?[0-9]+)?`

// isOthers reports whether a CHECK that is dropped may be another program's.
func isOthers(drift *schema.Drift) bool {
	return drift.Sort == schema.Extra || !ownCheck.MatchString(drift.At.HaveCheck.Expr)
}

// retyped returns how the values are converted of the column that a drift is about, or of one of them, if something may
// be lost by that; else "". It is false when they cannot be.
func (w *alteration) retyped(drift *schema.Drift) (expr string, can bool) {
	var names []string
	switch place := drift.At; {
	case place.WantCheck != nil:
		names = []string{place.Column.Name}
	case place.ForeignKey != nil:
		names = schema.ColumnNames(place.ForeignKey.Columns)
	case place.Column != nil:
		names = []string{place.Column.Name}
	}
	for _, d := range w.Drifts {
		if d.Object == schema.OfColumn && d.Aspect == schema.AspectType && !d.NotModelled() &&
			d.At.Column.Generated == "" && !d.At.HaveColumn.Generated && slices.Contains(names, d.Name) {
			if expr, _, lossy, can := w.conversion(d); lossy || !can {
				return expr, can
			}
		}
	}
	return "", true
}

func (w *alteration) foreignKey(r *rebuild, drift *schema.Drift, edit func(func(def, want *tableDef))) {
	place := drift.At
	if have := place.HaveKey; have != nil {
		_, target := schema.SplitName(have.Table)
		edit(func(def, _ *tableDef) {
			def.dropWhere(func(col *columnDef, c *clause) bool {
				if col != nil {
					return c.sort == clauseReferences && len(have.Columns) == 1 && strings.EqualFold(col.name(), have.Columns[0]) &&
						strings.EqualFold(c.target(), target)
				}
				return c.sort == clauseForeignKey && slices.EqualFunc(c.columns(), have.Columns, strings.EqualFold) &&
					strings.EqualFold(c.target(), target)
			})
		})
	}
	switch {
	case place.ForeignKey != nil:
		columns := schema.ColumnNames(place.ForeignKey.Columns)
		r.probes = append(r.probes, dialect.ReferenceProbe(w.d, w.Table.Name, columns, w.Table.TargetOfKey(place.ForeignKey),
			place.ForeignKey.To()))
		edit(func(def, want *tableDef) {
			if c := want.foreignKey(columns); c != nil {
				def.constraints = append(def.constraints, c.referring(w.d, dialect.WantedForeignKey(w.Alteration, drift)))
			}
		})
	case place.Column != nil:
		name := place.Column.Name
		r.probes = append(r.probes, dialect.ReferenceProbe(w.d, w.Table.Name, []string{name}, w.Table.TargetOf(place.Column),
			place.Column.References.Target().Key))
		edit(func(def, want *tableDef) {
			c := want.column(name).clause(clauseReferences)
			if c != nil {
				*c = c.referring(w.d, dialect.WantedForeignKey(w.Alteration, drift))
			}
			if col := def.column(name); c != nil { // beside one that others have to another table
				col.clauses = append(col.clauses, *c)
			}
		})
	}
}

// referring returns the clause of a foreign key with another end.
func (c *clause) referring(d Dialect, k *schema.FoundForeignKey) clause {
	text := dialect.Reference(d, k)
	if c.sort == clauseForeignKey {
		text = "FOREIGN KEY (" + dialect.QuoteList(k.Columns) + ") " + text
	}
	if c.name != "" {
		text = "CONSTRAINT " + dialect.Quote(c.name) + " " + text
	}
	now := clauses(text, tokens(text))[0]
	now.remarks = c.remarks
	return now
}

// names lists the columns.
func (d *tableDef) names() []string {
	list := make([]string, len(d.columns))
	for i, c := range d.columns {
		list[i] = c.name()
	}
	return list
}

// dropColumn takes a column out, with the constraints that speak of it.
func (d *tableDef) dropColumn(name string) {
	d.columns = slices.DeleteFunc(d.columns, func(c *columnDef) bool { return strings.EqualFold(c.name(), name) })
	d.dropWhere(func(_ *columnDef, c *clause) bool { return c.speaksOf(name) })
}

// generates reports whether a column of the model is computed.
func (w *alteration) generates(name string) bool {
	return slices.ContainsFunc(w.Table.Columns, func(c *schema.Column) bool {
		return c.Generated != "" && strings.EqualFold(c.Name, name)
	})
}

// rebuild returns the step that makes the table anew: under another name, with the rows, then in place of the old one,
// with the indexes and triggers of the old one.
func (w *alteration) rebuild(r *rebuild) schema.Step {
	s := schema.Step{Kind: schema.RebuildTable, Table: w.Table.Name, Risk: schema.Rewriting, Apart: true, Rebuild: true}
	if r.lossy {
		s.Risk = schema.Lossy
	}
	var reasons []string
	for _, d := range r.drifts {
		reasons = append(reasons, d.Error())
	}
	s.Reason = strings.Join(reasons, "; ")
	def, want := w.def, w.wanted()
	if def == nil || !def.covers(w.Have) {
		s.Reason += "; the table's definition cannot be parsed, rebuild the table by hand"
		s.Kind, s.Risk, s.Apart, s.Rebuild = schema.ByHand, schema.Lossy, false, false
		return s
	}
	for _, edit := range r.edits {
		edit(def, want)
	}
	var into, from []string
	for _, col := range def.columns {
		is := func(name string) bool { return strings.EqualFold(name, col.name()) }
		c := w.Have.Column(col.name())
		if c != nil && c.Generated && !slices.ContainsFunc(r.stores, is) || slices.ContainsFunc(r.computes, is) ||
			c == nil && w.generates(col.name()) { // a step before has added it
			continue
		}
		name := dialect.Quote(col.name())
		expr := r.exprs[strings.ToLower(col.name())]
		if expr == "" {
			expr = name
		}
		into, from = append(into, name), append(from, expr)
	}
	space, _ := schema.SplitName(w.Table.Name)
	other := schema.IndexName(dialect.Passing, w.Table.Local())
	passed := w.d.Table(schema.JoinName(space, other))
	s.SQL = []string{
		"DROP TABLE IF EXISTS " + passed,
		def.create(passed),
		"INSERT INTO " + passed + " (" + strings.Join(into, ", ") + ") SELECT " + strings.Join(from, ", ") +
			" FROM " + w.d.Table(w.Table.Name),
	}
	if w.counts() { // AUTOINCREMENT goes on where it was
		sequence := w.d.Table(schema.JoinName(space, "sqlite_sequence"))
		s.SQL = append(s.SQL, "DELETE FROM "+sequence+" WHERE name = "+quoteText(other),
			"INSERT INTO "+sequence+" (name, seq) SELECT "+quoteText(other)+", seq FROM "+sequence+" WHERE name = "+
				quoteText(w.Table.Local())+" COLLATE NOCASE")
	}
	s.SQL = append(s.SQL, "DROP TABLE "+w.d.Table(w.Table.Name),
		"ALTER TABLE "+passed+" RENAME TO "+w.d.Target(w.Table.Name))
	w.forget(func(ix schema.Definition) bool { // they go with the old table
		return slices.ContainsFunc(r.drops, func(name string) bool { return indexSpeaksOf(ix.SQL, name) })
	})
	for _, d := range w.others {
		if d.Sort == sortFullText { // it stays, but the numbers of the rows may be others
			s.SQL = append(s.SQL, w.d.rebuildFullText(w.Table.Name, d.Name))
		} else {
			s.SQL = append(s.SQL, within(space, d.SQL))
		}
	}
	_, again := w.d.audited(w.Table, w.audits, def.names()) // which have gone with the old table
	s.SQL = append(s.SQL, again...)
	if len(r.probes) > 0 {
		s.Probe = "SELECT (" + strings.Join(r.probes, ") + (") + ")"
	}
	return s
}

// within returns the definition of an index or a trigger as a statement for a database that is attached, for which
// SQLite keeps it without the name of that.
func within(space, sql string) string {
	if space == "" {
		return sql
	}
	list := tokens(sql)
	i := slices.IndexFunc(list, func(t token) bool { return isAny(t, "INDEX", "TRIGGER") })
	if i < 0 || i+2 >= len(list) || list[i+2].text == "." {
		return sql
	}
	return sql[:list[i+1].from] + dialect.Quote(space) + "." + sql[list[i+1].from:]
}

// covers reports whether all columns that were found are in the definition.
func (d *tableDef) covers(f *schema.Found) bool {
	return !slices.ContainsFunc(f.Columns, func(c schema.FoundColumn) bool { return d.column(c.Name) == nil })
}

// counts reports whether the table has an AUTOINCREMENT.
func (w *alteration) counts() bool {
	return slices.ContainsFunc(w.Have.Definitions, func(d schema.Definition) bool {
		return d.Sort == sortTable && slices.ContainsFunc(tokens(d.SQL), func(t token) bool { return t.is("AUTOINCREMENT") })
	})
}

// wanted is the definition that the model's table has.
func (w *alteration) wanted() *tableDef {
	def, _ := parseTable(w.d.createTable(w.Table, w.d.Target(w.Table.Name)))
	return def
}

// conversion tells how the values of a column whose type differs are converted. What is not the old value any more does
// not come before a CHECK is dropped that is written for the old type.
func (w *alteration) conversion(drift *schema.Drift) (expr, probe string, lossy, can bool) {
	name := dialect.Quote(drift.Name)
	expr, probe, lossy, can = conversion(drift.At.HaveColumn, drift.At.WantColumn, name)
	if c := drift.At.Column; can && c.Kind == schema.Decimal && c.Scale > 0 &&
		storageOf(drift.At.HaveColumn) == schema.Int64 {
		expr += " || '." + strings.Repeat("0", c.Scale) + "'" // all digits of its scale
	}
	lossy = lossy || expr != name && slices.ContainsFunc(w.Drifts, func(d *schema.Drift) bool {
		return d.Object == schema.OfCheck && d.At.HaveCheck != nil && isOthers(d) &&
			exprSpeaksOf(tokens(d.At.HaveCheck.Expr), drift.Name)
	})
	return expr, probe, lossy, can
}

// conversion tells how a value of one type becomes one of another, and which rows are in the way of that. Types that
// are stored alike need none. What the engine would turn into 0 is found by converting it back.
func conversion(h, w *schema.FoundColumn, name string) (expr, probe string, lossy, can bool) {
	from, to := storageOf(h), storageOf(w)
	back := func(target, source string) (string, string, bool, bool) {
		turned := "CAST(" + name + " AS " + target + ")"
		return turned, "CAST(" + turned + " AS " + source + ") <> " + name, true, true
	}
	switch {
	case h.Kind == w.Kind, from == to && h.Kind != schema.Null && w.Kind != schema.Null && asWritten(h.Kind) &&
		asWritten(w.Kind):
		return name, "", false, true
	case from == schema.Int64 && to == schema.Int64: // to or from a boolean
		if w.Kind == schema.Bool {
			return name, name + " NOT IN (0, 1)", true, true
		}
		return name, "", false, true
	case from == schema.Int64 && to == schema.Float64: // 1<<63 - 1024 is the greatest float that is an integer of 64 bits
		expr, probe, lossy, can = back("REAL", "INTEGER")
		return expr, probe + " OR " + name + " > 9223372036854774784", lossy, can
	case (from == schema.Int64 || from == schema.Float64) && (w.Kind == schema.Text || w.Kind == schema.Decimal):
		return "CAST(" + name + " AS TEXT)", "", false, true
	case from == schema.Float64 && to == schema.Int64 && w.Kind != schema.Bool:
		return back("INTEGER", "REAL")
	case (h.Kind == schema.Text || h.Kind == schema.Decimal) && to == schema.Int64 && w.Kind != schema.Bool:
		return back("INTEGER", "TEXT")
	case h.Kind == schema.Date && w.Kind == schema.Time:
		return name + " || 'T00:00:00.000000Z'", "", false, true
	}
	return "", "", false, false
}

// asWritten reports whether a kind is stored as a text that may be any text.
func asWritten(k schema.Kind) bool { return k == schema.Text || k == schema.UUID }

// storageOf returns the kind whose values a column is stored like.
func storageOf(c *schema.FoundColumn) schema.Kind {
	switch c.Kind {
	case schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Uint64:
		return schema.Int64
	case schema.Float32, schema.Float64:
		return schema.Float64
	case schema.Bytes, schema.Null:
		return c.Kind
	}
	return schema.Text
}
