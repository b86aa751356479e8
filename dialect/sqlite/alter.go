package sqlite

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Alter returns the steps that end drifts, see [dialect.Altering]. SQLite adds, renames and drops columns; for all else
// the table is rebuilt and takes the rows over (https://www.sqlite.org/lang_altertable.html, section 7). The changes
// that lose nothing are one such step, and those that do another one.
func (d Dialect) Alter(a *dialect.Alteration) []schema.Step {
	w := alteration{d: d, Alteration: a}
	w.asFound()
	var steps []schema.Step
	do := func(s schema.Step) {
		steps = append(steps, s)
		if a.AsFound {
			w.asFound()
		}
	}
	keep, lose := rebuild{}, rebuild{lossy: true}
	var indexes, columns []*schema.Drift // to be dropped
	var byHand []schema.Step
	for _, drift := range a.Drifts {
		switch {
		case drift.NotModelled():
		case drift.Object == schema.OfColumn && drift.Sort == schema.Missing:
			do(w.addColumn(drift))
		case drift.Object == schema.OfIndex && drift.Sort == schema.Extra:
			indexes = append(indexes, drift)
		case drift.Object == schema.OfIndex:
			do(w.createIndex(drift))
		case drift.Object == schema.OfColumn && drift.Sort == schema.Extra && drift.At.HaveColumn.Key:
			byHand = append(byHand, dialect.ByHand(drift, dialect.KeyAdvice))
		case drift.Object == schema.OfColumn && drift.Sort == schema.Extra && !drift.At.Own:
			byHand = append(byHand, dialect.ByHand(drift, dialect.ExtraAdvice(drift)))
		case drift.Object == schema.OfColumn && drift.Sort == schema.Extra && w.dropsAlone(drift.Name):
			columns = append(columns, drift)
		default:
			if advice := w.sort(drift, &keep, &lose); advice != "" {
				byHand = append(byHand, dialect.ByHand(drift, advice))
			}
		}
	}
	if keep.drifts != nil {
		do(w.rebuild(&keep))
	}
	for _, drift := range indexes { // before a column goes, and they with it
		do(w.dropIndex(drift))
	}
	if lose.drifts != nil {
		do(w.rebuild(&lose))
	}
	for _, drift := range columns {
		do(w.dropColumn(drift))
	}
	return append(steps, byHand...)
}

// alteration is a table on the way to its model.
type alteration struct {
	*dialect.Alteration
	d Dialect

	// What the steps so far leave.
	def    *tableDef           // nil when the definition is not understood
	others []schema.Definition // indexes and triggers
	audits []schema.Definition // triggers of the audit log
}

// asFound takes the table as it was found.
func (w *alteration) asFound() {
	w.def, w.others, w.audits = nil, nil, nil
	for _, d := range w.Have.Definitions {
		switch {
		case isAudit(d):
			w.audits = append(w.audits, d)
		case d.Sort != sortTable:
			w.others = append(w.others, d)
		default:
			if def, ok := parseTable(d.SQL); ok {
				w.def = def
			}
		}
	}
}

// forget takes indexes out of what is there, and returns the statements that drop them.
func (w *alteration) forget(is func(ix schema.Definition) bool) (drops []string) {
	w.others = slices.DeleteFunc(w.others, func(d schema.Definition) bool {
		if d.Sort != sortIndex || !is(d) {
			return false
		}
		drops = append(drops, "DROP INDEX "+w.d.Index(w.Table.Name, d.Name))
		return true
	})
	return drops
}

func (w *alteration) addColumn(drift *schema.Drift) schema.Step {
	s, _ := dialect.AddColumnStep(w.d, w.Alteration, drift)
	if w.def != nil && s.SQL != nil {
		w.def.columns = append(w.def.columns, addedColumn(s.SQL[len(s.SQL)-1]))
	}
	return s
}

func (w *alteration) createIndex(drift *schema.Drift) schema.Step {
	s := schema.Step{Kind: schema.CreateIndex, Table: w.Table.Name, Name: drift.Name, Risk: schema.Additive,
		Reason: drift.Error()}
	if drift.Sort == schema.Different {
		s.Kind, s.Risk = schema.ReplaceIndex, dialect.Replacing(drift, schema.Locking)
		s.SQL = w.drop(drift.At.HaveIndex)
	}
	create := w.d.CreateIndex(w.Table, drift.At.Index)
	s.SQL = append(s.SQL, create...)
	if drift.At.Index.FullText == nil {
		w.others = append(w.others, schema.Definition{Sort: sortIndex, Name: drift.Name, SQL: create[0]})
	} else {
		w.others = append(w.others, fullTextDefinitions(drift.At.Index.Name, create)...)
	}
	if drift.At.Index.Unique {
		s.Probe = dialect.UniqueProbe(w.d, w.Table, drift.At.Index)
	}
	return s
}

func (w *alteration) dropIndex(drift *schema.Drift) schema.Step {
	if drift.At.HaveIndex.Bound {
		return dialect.ByHand(drift, "it is part of the table's definition")
	}
	return schema.Step{Kind: schema.DropIndex, Table: w.Table.Name, Name: drift.Name, Risk: schema.Lossy,
		Reason: drift.Error(), SQL: w.drop(drift.At.HaveIndex)}
}

// drop takes an index out of what is there, and returns the statements that drop it.
func (w *alteration) drop(ix *schema.FoundIndex) (drops []string) {
	if ix.Method != methodFTS5 {
		return w.forget(func(d schema.Definition) bool { return strings.EqualFold(d.Name, ix.Name) })
	}
	drops = w.d.dropFullText(w.others, w.Table.Name, ix.Name)
	w.others = slices.DeleteFunc(w.others, func(d schema.Definition) bool {
		return isTriggerOf(d, ix.Name) || d.Sort == sortFullText && strings.EqualFold(d.Name, ix.Name)
	})
	return drops
}

// dropsAlone reports whether ALTER TABLE can drop a column: not when a constraint of the table or another column's
// speaks of it.
func (w *alteration) dropsAlone(name string) bool {
	if w.def == nil {
		return false
	}
	for _, c := range w.def.constraints {
		if c.speaksOf(name) {
			return false
		}
	}
	for _, col := range w.def.columns {
		own := strings.EqualFold(col.name(), name)
		for _, c := range col.clauses {
			switch {
			case !own && c.speaksOf(name), own && slices.Contains([]string{clauseUnique, clauseKey, clauseReferences}, c.sort):
				return false
			}
		}
	}
	return true
}

// dropColumn drops a column, and the indexes on it first.
func (w *alteration) dropColumn(drift *schema.Drift) schema.Step {
	s := schema.Step{Kind: schema.DropColumn, Table: w.Table.Name, Name: drift.Name, Risk: schema.Lossy,
		Reason: drift.Error()}
	s.SQL = w.forget(func(ix schema.Definition) bool { return indexSpeaksOf(ix.SQL, drift.Name) })
	s.SQL = append(s.SQL, "ALTER TABLE "+w.d.Table(w.Table.Name)+" DROP COLUMN "+dialect.Quote(drift.Name))
	if w.def != nil {
		w.def.dropColumn(drift.Name)
		before, after := w.d.audited(w.Table, w.audits, w.def.names()) // SQLite drops no column that a trigger names
		s.SQL = slices.Concat(before, s.SQL, after)
	}
	return s
}

// RenameTable renames a table, see [dialect.Altering]. Indexes, triggers, views and references follow it; constraints
// keep their names. Full-text indexes, which do not follow, are made again.
func (d Dialect) RenameTable(t *schema.Table, have *schema.Found) []string {
	return append(d.dropFullTexts(t, have, t.Was, func(*schema.FoundIndex) bool { return true }),
		"ALTER TABLE "+d.Table(t.Was)+" RENAME TO "+d.Target(t.Name))
}

// RenameColumn renames a column, see [dialect.Altering]. What is named after it keeps its name. A full-text index over
// it is made again.
func (d Dialect) RenameColumn(t *schema.Table, c *schema.Column, have *schema.Found) []string {
	over := func(ix *schema.FoundIndex) bool {
		return slices.ContainsFunc(ix.Names(), func(name string) bool { return strings.EqualFold(name, c.Was) })
	}
	columns := make([]string, len(have.Columns))
	for i := range have.Columns {
		if columns[i] = have.Columns[i].Name; strings.EqualFold(columns[i], c.Was) {
			columns[i] = c.Name
		}
	}
	before, after := d.audited(t, have.Definitions, columns)
	return slices.Concat(before, d.dropFullTexts(t, have, t.Name, over), []string{
		"ALTER TABLE " + d.Table(t.Name) + " RENAME COLUMN " + dialect.Quote(c.Was) + " TO " + dialect.Quote(c.Name)}, after)
}

// Shadow returns the statements that make a table for comparison, by its name without its database.
func (d Dialect) Shadow(t *schema.Table) []string {
	list := []string{d.createTable(t, d.Target(t.Name))}
	local := *t
	local.Name = schema.JoinName("", t.Local())
	for _, ix := range t.Indexes {
		list = append(list, d.CreateIndex(&local, ix)...)
	}
	return list
}

// Dangling returns a query for the rows that refer to nothing, see [dialect.Altering].
func (Dialect) Dangling() string {
	return "SELECT count(*) FROM pragma_foreign_key_check(NULL" + ofArg + ")"
}

// ShadowApart returns true: the definitions of a temporary table are not those that a query of the catalog finds.
func (Dialect) ShadowApart() bool { return true }
