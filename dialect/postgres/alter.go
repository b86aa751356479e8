package postgres

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Alter returns the steps that end drifts, see [dialect.Altering]. What reads all rows is done in two: NOT VALID, which
// holds for new rows and waits for no reader, and then VALIDATE, which lets others write ("ALTER TABLE", section
// "Notes"); indexes of a table that has rows are made CONCURRENTLY.
func (d Dialect) Alter(a *dialect.Alteration) []schema.Step {
	w := alteration{d: d, Alteration: a, name: d.Table(a.Table.Name), settled: map[string]bool{}}
	var steps, types []schema.Step
	for _, drift := range a.Drifts {
		if drift.Aspect == schema.AspectType && !drift.NotModelled() && !w.isGenerated(drift) {
			s := w.columnType(drift)
			steps = append(steps, s)
			if s.Kind != schema.ByHand && !carried(drift.At.HaveColumn, drift.At.WantColumn) {
				types = append(types, s)
			}
		}
	}
	for _, drift := range a.Drifts {
		if drift.NotModelled() || drift.Aspect == schema.AspectType && !w.isGenerated(drift) ||
			drift.Aspect == schema.AspectDefault && w.settled[drift.Name] ||
			slices.Contains(w.goes, drift) {
			continue
		}
		for _, s := range w.step(drift) {
			switch {
			case w.waits(drift):
				s = dialect.ByHand(drift, "it follows after the type of its column has changed")
			case s.Apart && a.Have.Partitioned:
				s = dialect.ByHand(drift, "the table is partitioned; change the table and its partitions as the PostgreSQL manual describes")
			default:
				w.follow(&s, drift, types)
			}
			steps = append(steps, s)
		}
	}
	// What columns need comes before what needs them, and what is dropped goes last: a column that is computed from
	// others before them.
	slices.SortStableFunc(steps, func(x, y schema.Step) int {
		if by := order[x.Kind] - order[y.Kind]; by != 0 || x.Kind != schema.DropColumn {
			return by
		}
		return w.stored(x.Name) - w.stored(y.Name)
	})
	return steps
}

var order = map[schema.StepKind]int{
	schema.AddColumn: 0, schema.AddValue: 0, schema.AlterColumn: 1, schema.ReplaceConstraint: 2, schema.AddConstraint: 3, schema.ValidateStep: 4,
	schema.CreateIndex: 5, schema.ReplaceIndex: 5, schema.DropConstraint: 6, schema.DropIndex: 7, schema.DropColumn: 8, schema.ByHand: 9,
}

type alteration struct {
	*dialect.Alteration
	d       Dialect
	name    string          // of the table, quoted
	settled map[string]bool // the columns whose default is seen to when their type changes
	stuck   []string        // the columns whose type only a person can change
	goes    []*schema.Drift // what goes when the type of its column changes
}

// stored is 0 for a column that is computed from others, and 1 for another.
func (w *alteration) stored(column string) int {
	if c := w.Have.Column(column); c != nil && c.Generated {
		return 0
	}
	return 1
}

// new returns a step without its statements.
func (w *alteration) new(kind schema.StepKind, drift *schema.Drift, risk schema.Risk, sql ...string) schema.Step {
	return schema.Step{Kind: kind, Table: w.Table.Name, Name: drift.Name, Aspect: drift.Aspect, Risk: risk,
		Reason: drift.Error(), SQL: sql}
}

// apart returns a step whose statements commit one by one.
func (w *alteration) apart(kind schema.StepKind, drift *schema.Drift, risk schema.Risk, sql ...string) schema.Step {
	s := w.new(kind, drift, risk, sql...)
	s.Apart = true
	return s
}

// alterColumn begins what is altered of a column.
func alterColumn(name string) string { return "ALTER COLUMN " + dialect.Quote(name) + " " }

func (w *alteration) alter(what ...string) string {
	return "ALTER TABLE " + w.name + " " + strings.Join(what, ", ")
}

// follow has a constraint or an index be made after the columns that it speaks of have got types in whose words it is:
// its risk is no less than theirs, so that it is not done before them nor without them.
func (w *alteration) follow(s *schema.Step, drift *schema.Drift, types []schema.Step) {
	for _, t := range types {
		if t.Risk > s.Risk && w.speaksOf(drift, t.Name) {
			s.Risk = t.Risk
			s.Reason += "; after " + t.Name + " has its new type"
		}
	}
}

// waits reports whether a drift can end only when a person has changed the type of a column.
func (w *alteration) waits(drift *schema.Drift) bool {
	return slices.ContainsFunc(w.stuck, func(column string) bool {
		return w.speaksOf(drift, column) || drift.Aspect == schema.AspectDefault && drift.Name == column
	})
}

// speaksOf reports whether what a drift wants, a constraint or an index, is written for the type of a column.
func (w *alteration) speaksOf(drift *schema.Drift, column string) bool {
	place := drift.At
	switch {
	case drift.Sort == schema.Extra:
		return false
	case drift.Object == schema.OfCheck:
		return place.Column.Name == column
	case drift.Object == schema.OfForeignKey && place.ForeignKey != nil:
		return slices.Contains(schema.ColumnNames(place.ForeignKey.Columns), column)
	case drift.Object == schema.OfForeignKey:
		return place.Column.Name == column
	case drift.Object == schema.OfIndex && (place.Index.FullText != nil || place.Index.OnColumns() == nil || place.Index.Partial()):
		return hasWord(w.d.createIndex(w.Table, place.Index), column)
	}
	return false
}

// hasWord reports whether a name stands in SQL as a word of its own, quoted or not.
func hasWord(sql, name string) bool {
	for from := 0; ; {
		i := strings.Index(sql[from:], name)
		if i < 0 {
			return false
		}
		i += from
		from = i + len(name)
		if (i == 0 || !isWord(sql[i-1])) && (from == len(sql) || !isWord(sql[from])) {
			return true
		}
	}
}

func isWord(b byte) bool {
	return b == '_' || b == '$' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

func (w *alteration) step(drift *schema.Drift) []schema.Step {
	switch drift.Object {
	case schema.OfColumn:
		if drift.Sort == schema.Missing {
			return w.addColumn(drift)
		}
		return []schema.Step{w.column(drift)}
	case schema.OfValue:
		return []schema.Step{w.value(drift)}
	case schema.OfCheck:
		return []schema.Step{w.check(drift)}
	case schema.OfForeignKey:
		return []schema.Step{w.foreignKey(drift)}
	case schema.OfIndex:
		return []schema.Step{w.index(drift)}
	}
	return []schema.Step{dialect.ByHand(drift, "it is created with the table")}
}

// value adds a value to the enum of a column. It commits by itself, because nothing may use the value before that
// ("ALTER TYPE", section "Notes"). The values before it have been added.
func (w *alteration) value(drift *schema.Drift) schema.Step {
	c, found := drift.At.Column, *drift.At.HaveColumn
	if !w.AsFound {
		lacks := c.Lacks(&found)
		found.Native.Labels = append(slices.Clone(found.Native.Labels), lacks[:slices.Index(lacks, drift.Want)]...)
	}
	s := w.apart(schema.AddValue, drift, schema.Additive, w.d.AddValues(c, &found, []string{drift.Want})...)
	s.Name += "." + drift.Want
	return s
}

// addColumn adds a column. Its CHECK and its reference hold for new rows at once, and are checked for the others when
// the lock on the table is gone, if there are any.
func (w *alteration) addColumn(drift *schema.Drift) []schema.Step {
	s, c := dialect.AddColumnStep(w.d, w.Alteration, drift)
	if s.SQL == nil || !w.Filled || w.Have.Partitioned {
		return []schema.Step{s}
	}
	steps := []schema.Step{s}
	add := &steps[0].SQL
	*add = append(w.d.Prerequisites([]*schema.Column{c}), dialect.AddColumn(w.d, w.Table, c,
		dialect.Clauses{Auto: auto(c), NoCheck: true}))
	later := func(name, sql string, drift schema.Drift) {
		*add = append(*add, sql+" NOT VALID")
		if w.AsFound {
			return // there is nothing to be checked yet
		}
		drift.Table, drift.Sort, drift.Aspect = w.Table.Name, schema.Different, schema.AspectValid
		drift.Have, drift.Want = schema.UncheckedText, schema.CheckedText
		steps = append(steps, w.apart(schema.ValidateStep, &drift, schema.Additive,
			w.alter("VALIDATE CONSTRAINT "+dialect.Quote(name))))
	}
	name := w.Have.FreeConstraint(w.Table.CheckName(c))
	if constraint, _ := dialect.CheckNamed(w.d, name, c); constraint != "" {
		later(name, w.alter("ADD "+constraint), schema.Drift{Object: schema.OfCheck, Name: name})
	}
	if w.Table.Enforces(c) {
		name := w.Have.FreeConstraint(dialect.ReferenceName(w.Table, c))
		later(name, w.alter("ADD "+dialect.ReferenceNamed(w.d, name, w.Table, c)),
			schema.Drift{Object: schema.OfForeignKey, Name: c.Name})
	}
	return steps
}

func (w *alteration) column(drift *schema.Drift) schema.Step {
	if drift.Sort == schema.Extra {
		if drift.At.HaveColumn.Key {
			return dialect.ByHand(drift, dialect.KeyAdvice)
		}
		if !drift.At.Own {
			return dialect.ByHand(drift, dialect.ExtraAdvice(drift))
		}
		s := w.new(schema.DropColumn, drift, schema.Lossy, w.alter("DROP COLUMN "+dialect.Quote(drift.Name)))
		s.Blocked = schema.Texts(slices.DeleteFunc(w.Have.Holding(drift.Name, schema.HoldsDrop), w.dropped))
		if gone := w.goneWith(drift); gone != nil {
			s.Reason += "; what others made on it goes with it: " + strings.Join(gone, ", ")
		}
		return s
	}
	c, col := drift.At.Column, alterColumn(drift.Name)
	switch drift.Aspect {
	case schema.AspectNull:
		if !drift.At.WantColumn.NotNull {
			return w.new(schema.AlterColumn, drift, schema.Additive, w.alter(col+"DROP NOT NULL"))
		}
		return w.notNull(drift, col)
	case schema.AspectDefault:
		if !c.HasConstant() { // not the library's own: existing rows may need it
			return w.new(schema.AlterColumn, drift, schema.Lossy, w.alter(col+"DROP DEFAULT"))
		}
		return w.new(schema.AlterColumn, drift, dialect.Replacing(drift, schema.Additive),
			w.alter(col+"SET DEFAULT "+w.d.Literal(c.Default.Literal)))
	case schema.AspectCount:
		return w.count(drift, col)
	case schema.AspectGenerated, schema.AspectType: // of a generated column
		return w.generated(drift, col)
	}
	return dialect.ByHand(drift, "create the table again, or change the model")
}

// dropped reports whether what depends on a column is one that goes before it: a generated column that this library
// made.
func (w *alteration) dropped(d schema.Dependent) bool {
	return d.Sort == schema.OfGeneratedColumn && slices.ContainsFunc(w.Drifts, func(drift *schema.Drift) bool {
		return drift.Object == schema.OfColumn && drift.Sort == schema.Extra && drift.At.Own && drift.Name == d.Name
	})
}

// goneWith lists the indexes and constraints that others made and the server drops with a column.
func (w *alteration) goneWith(column *schema.Drift) (list []string) {
	for _, drift := range w.Drifts {
		if drift.Sort != schema.Extra || drift.At.Own {
			continue
		}
		ix := drift.At.HaveIndex
		if ix != nil && (slices.Contains(ix.Names(), column.Name) || slices.Contains(ix.Include, column.Name)) ||
			speaks(drift, column.Name) {
			list = append(list, strings.TrimSpace(string(drift.Object)+" "+drift.Name))
		}
	}
	return list
}

// notNull makes a column NOT NULL without a lock while the rows are read: a CHECK that is valid shows the server that
// no row is NULL ("ALTER TABLE", section "SET NOT NULL").
func (w *alteration) notNull(drift *schema.Drift, col string) schema.Step {
	check := dialect.Quote(schema.IndexName(dialect.Passing, w.Table.Local()+"_"+drift.Name))
	s := w.apart(schema.AlterColumn, drift, schema.Locking,
		w.alter("DROP CONSTRAINT IF EXISTS "+check,
			"ADD CONSTRAINT "+check+" CHECK ("+dialect.Quote(drift.Name)+" IS NOT NULL) NOT VALID"),
		w.alter("VALIDATE CONSTRAINT "+check),
		w.alter(col+"SET NOT NULL")+"; "+w.alter("DROP CONSTRAINT "+check))
	s.Probe = dialect.NullProbe(w.d, w.Table.Name, drift.Name)
	return s
}

// isGenerated reports whether a drift is about a column that is generated, or is to be: its type does not change alone.
func (w *alteration) isGenerated(drift *schema.Drift) bool {
	h := drift.At.HaveColumn
	return h != nil && h.Generated || drift.At.Column != nil && drift.At.Column.Generated != ""
}

// generated makes a column a generated one, with another expression, or an ordinary one again. Versions before 17
// cannot change an expression, and none makes a stored column a generated one: it is dropped and added, with the
// indexes of the model on it.
func (w *alteration) generated(drift *schema.Drift, col string) schema.Step {
	c := drift.At.Column
	switch {
	case c.Generated == "" && drift.Aspect == schema.AspectType:
		return dialect.ByHand(drift, "the type of a generated column is that of its expression; change the field")
	case c.Generated == "" && !drift.At.Own:
		return dialect.ByHand(drift, dialect.ReadOnlyAdvice)
	case c.Generated == "":
		return w.new(schema.AlterColumn, drift, schema.Locking, w.alter(col+"DROP EXPRESSION"))
	case drift.Aspect == schema.AspectType && slices.ContainsFunc(w.Drifts, func(d *schema.Drift) bool {
		return d.Aspect == schema.AspectGenerated && d.Name == drift.Name
	}):
		return dialect.ByHand(drift, "it gets its type when it is generated")
	}
	risk := dialect.Replacing(drift, schema.Rewriting)
	if !drift.At.HaveColumn.Generated {
		risk = schema.Lossy
	}
	for _, ix := range w.Have.Indexes {
		modelled := slices.ContainsFunc(w.Table.Indexes, func(m *schema.Index) bool { return m.Name == ix.Name })
		if !modelled && (slices.Contains(ix.Names(), drift.Name) || slices.Contains(ix.Include, drift.Name) || ix.Partial) {
			risk = schema.Lossy // it goes with the column
		}
	}
	sql := []string{w.alter("DROP COLUMN "+dialect.Quote(drift.Name),
		"ADD COLUMN "+dialect.ColumnDef(w.d, w.Table, c, dialect.Clauses{}))}
	for _, ix := range w.Table.Indexes {
		on := slices.ContainsFunc(ix.Columns, func(ic schema.IndexColumn) bool { return ic.Column == c })
		if w.Have.Index(ix.Name) != nil && (on || slices.Contains(ix.Include, c)) {
			sql = append(sql, w.d.CreateIndex(w.Table, ix)...)
		}
	}
	s := w.new(schema.AlterColumn, drift, risk, sql...)
	s.Reason += "; the column is dropped and added, behind the others, and its values are computed again"
	return s
}

// count has the server count a key up, or not any more.
func (w *alteration) count(drift *schema.Drift, col string) schema.Step {
	h := drift.At.HaveColumn
	switch {
	case drift.At.WantColumn.Auto:
		what, risk := []string{col + "ADD GENERATED BY DEFAULT AS IDENTITY"}, schema.Locking
		if h.Default != "" {
			what, risk = slices.Insert(what, 0, col+"DROP DEFAULT"), schema.Lossy
		}
		return w.new(schema.AlterColumn, drift, risk, w.alter(what...), w.d.CountOn(w.Table.Name, drift.Name))
	case h.Default != "":
		return w.new(schema.AlterColumn, drift, schema.Lossy, w.alter(col+"DROP DEFAULT"))
	}
	return w.new(schema.AlterColumn, drift, schema.Lossy, w.alter(col+"DROP IDENTITY"))
}

func (w *alteration) check(drift *schema.Drift) schema.Step {
	place := drift.At
	if drift.Sort == schema.Extra {
		risk := schema.Lossy // whatever its name is: the server gives the same ones
		if strings.HasPrefix(drift.Name, dialect.Passing) {
			risk = schema.Additive // left over
		}
		return w.new(schema.DropConstraint, drift, risk, w.alter("DROP CONSTRAINT "+dialect.Quote(drift.Name)))
	}
	validate := w.alter("VALIDATE CONSTRAINT " + dialect.Quote(place.WantCheck.Name))
	constraint, condition := dialect.CheckNamed(w.d, place.WantCheck.Name, place.Column)
	add := "ADD " + constraint + " NOT VALID"
	var s schema.Step
	switch {
	case drift.Sort == schema.Missing:
		s = w.apart(schema.AddConstraint, drift, schema.Locking, w.alter(add), validate)
	case drift.Aspect == schema.AspectValid:
		s = w.apart(schema.ValidateStep, drift, schema.Additive, w.alter("VALIDATE CONSTRAINT "+dialect.Quote(drift.Name)))
	case Widens(place.HaveCheck.Expr, place.WantCheck.Expr):
		return w.apart(schema.ReplaceConstraint, drift, schema.Additive,
			w.alter("DROP CONSTRAINT "+dialect.Quote(drift.Name), add), validate)
	default:
		risk := schema.Lossy
		if isOwn(place.HaveCheck.Expr) {
			risk = schema.Locking
		}
		s = w.apart(schema.ReplaceConstraint, drift, risk, w.alter("DROP CONSTRAINT "+dialect.Quote(drift.Name), add),
			validate)
	}
	s.Probe = dialect.CheckProbe(w.d, w.Table.Name, condition)
	return s
}

var (
	bound     = regexp.MustCompile(`^\(?(.+?) (>=|<=|=) [('\s]*(-?[0-9.]+(?:e[+-]?[0-9]+)?)(?:[)']|::[a-z ]+)*$`)
	ofAColumn = regexp.MustCompile(`^(length\()?\(?("(""|[^"])+"|[a-z_][a-z0-9_$]*)\)?(::[a-z ]+)?\)?$`)
)

// Widens reports whether a CHECK of the library's own allows all that another one of its own allowed, both as the
// server writes them.
func Widens(have, want string) bool {
	h, ok := limits(have)
	w, ok2 := limits(want)
	return ok && ok2 && h.expr == w.expr && (w.low == nil || h.low != nil && *w.low <= *h.low) &&
		(w.high == nil || h.high != nil && *w.high >= *h.high)
}

// isOwn reports whether a CHECK is such as this library writes.
func isOwn(expr string) bool {
	l, ok := limits(expr)
	return ok && ofAColumn.MatchString(l.expr)
}

type limited struct {
	expr      string
	low, high *float64
}

// limits reads a condition such as ((length(name) >= 1) AND (length(name) <= 9)).
func limits(expr string) (limited, bool) {
	var l limited
	inner := expr
	parts := strings.Split(inner, " AND ")
	if len(parts) == 2 {
		parts[0], parts[1] = strings.TrimPrefix(parts[0], "("), strings.TrimSuffix(parts[1], ")")
	}
	for _, part := range parts {
		m := bound.FindStringSubmatch(part)
		if m == nil || l.expr != "" && l.expr != m[1] {
			return l, false
		}
		n, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return l, false
		}
		l.expr = m[1]
		if m[2] != "<=" {
			l.low = &n
		}
		if m[2] != ">=" {
			l.high = &n
		}
	}
	return l, true
}

func (w *alteration) foreignKey(drift *schema.Drift) schema.Step {
	place := drift.At
	if drift.Sort == schema.Extra {
		return w.new(schema.DropConstraint, drift, schema.Lossy,
			w.alter("DROP CONSTRAINT "+dialect.Quote(place.HaveKey.Name)))
	}
	name := place.Constraint
	var target *schema.Table
	var to []*schema.Column
	if place.ForeignKey != nil {
		target = w.Table.TargetOfKey(place.ForeignKey)
		to = place.ForeignKey.To()
	} else {
		target = w.Table.TargetOf(place.Column)
		to = target.Key
	}
	k := dialect.WantedForeignKey(w.Alteration, drift)
	columns, add := k.Columns, dialect.AddConstraint(w.d, w.Table, name, k)+" NOT VALID"
	validate := w.alter("VALIDATE CONSTRAINT " + dialect.Quote(name))
	var s schema.Step
	switch {
	case drift.Sort == schema.Missing:
		s = w.apart(schema.AddConstraint, drift, schema.Locking, add, validate)
	case drift.Aspect == schema.AspectValid:
		s = w.apart(schema.ValidateStep, drift, schema.Additive,
			w.alter("VALIDATE CONSTRAINT "+dialect.Quote(place.HaveKey.Name)))
	default:
		s = w.apart(schema.ReplaceConstraint, drift, dialect.Replacing(drift, schema.Locking),
			w.alter("DROP CONSTRAINT "+dialect.Quote(place.HaveKey.Name))+"; "+add, validate)
	}
	s.Probe = dialect.ReferenceProbe(w.d, w.Table.Name, columns, target, to)
	return s
}

// Dangling returns "": the server checks each foreign key.
func (Dialect) Dangling() string { return "" }
