package modelgen

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// need is a required reference from a table to another one.
type need struct {
	from, to *found
	timed    bool // its tag says when it is checked
}

// relate finds the references of all tables, and the relations of both sides.
func (g *generator) relate() {
	type made struct {
		from, to *found
		via      []string
	}
	var list []made
	done := map[*schema.FoundForeignKey]bool{}
	refer := func(t *found, k *schema.FoundForeignKey) {
		if done[k] {
			return
		}
		done[k] = true
		to, via, why := g.refer(t, k)
		if why != "" {
			t.notes = append(t.notes, fmt.Sprintf("The foreign key (%s) to the table %q is left out: %s.",
				strings.Join(k.Columns, ", "), k.Table, why))
			return
		}
		list = append(list, made{t, to, via})
	}
	seen := map[*found]bool{}
	for _, t := range g.tables {
		g.keysFirst(t, seen, refer)
	}
	for _, t := range g.tables {
		for i := range t.ForeignKeys {
			refer(t, &t.ForeignKeys[i])
		}
	}
	for i, m := range list {
		if !listable(m.via) {
			continue
		}
		name := plural(m.from.name)
		for j, other := range list {
			if i != j && other.from == m.from && other.to == m.to {
				name = plural(m.from.name) + "By" + goName(strings.Join(m.via, "_"))
			}
		}
		m.to.relation(name, "Many", m.from, []string{"via=" + tagValue(strings.Join(m.via, ", "))})
	}
}

// refer makes columns of a table refer to what a foreign key says, and returns the other table and these columns in the
// order of the model; or why no model can.
func (g *generator) refer(t *found, k *schema.FoundForeignKey) (to *found, via []string, why string) {
	if to = g.target(t, k); to == nil {
		return nil, nil, "this package has no model of that table"
	}
	fields, targets := make([]*field, len(k.Columns)), make([]*field, len(k.Columns))
	null := 0
	for i, name := range k.Columns {
		f, target := t.field(name), to.field(k.TargetColumns[i])
		switch {
		case f == nil:
			return nil, nil, fmt.Sprintf("the column %q is left out", name)
		case target == nil:
			return nil, nil, fmt.Sprintf("the column %q that it refers to is left out", k.TargetColumns[i])
		case base(f.stored) != base(target.stored) || f.column.Kind != target.column.Kind ||
			f.column.NoCase != target.column.NoCase || digits(f) != digits(target):
			return nil, nil, fmt.Sprintf("the column %q has the type %s, and the column %q the type %s", name, f.column.Type,
				k.TargetColumns[i], target.column.Type)
		}
		if fields[i], targets[i] = f, target; f.stored.Kind() == reflect.Pointer {
			null++
		}
	}
	key := to.keyFields()
	isKey := len(key) == len(targets) && !slices.ContainsFunc(targets, func(f *field) bool {
		return !slices.Contains(key, f)
	})
	single := len(k.Columns) == 1 && isKey && !strings.HasSuffix(targets[0].family, refFamily)
	switch {
	case !single:
	case strings.HasSuffix(fields[0].family, refFamily):
		return nil, nil, "the column refers to another table already"
	case fields[0] == targets[0]:
		return nil, nil, "the key refers to itself"
	case t.plainKey && slices.Contains(t.keyFields(), fields[0]) && len(t.keyFields()) == 1:
		return nil, nil, "the key refers to a table that needs this one"
	}
	tags := actions(k, null == len(fields), null > 0)
	required := null == 0 && t != to
	if single {
		typ := refTypeOf(to, fields[0])
		if typ == "" {
			return nil, nil, fmt.Sprintf("no reference is stored as the type %s", fields[0].column.Type)
		}
		if required {
			tags = g.circle(t, to, k, tags)
		}
		to.plainKey = true
		fields[0].refer(typ, tags)
		return to, columnsOf(fields), ""
	}
	if isKey { // in the order of the key
		sorted := make([]*field, len(key))
		for i, f := range key {
			sorted[i] = fields[slices.Index(targets, f)]
		}
		fields = sorted
	}
	if why = t.composite(to, fields, targets, isKey, tags); why == "" && required {
		r := t.relations[len(t.relations)-1]
		r.tag = g.circle(t, to, k, r.tag)
	}
	return to, columnsOf(fields), why
}

// composite adds the relation of columns that are no reference by their type.
func (t *found) composite(to *found, fields, targets []*field, isKey bool, tags []string) (why string) {
	on, at := columnsOf(fields), columnsOf(targets)
	for _, r := range t.relations {
		if r.family == "CompositeRef" && r.tag[0] == onTag(on) {
			return "the columns refer to another table already"
		}
	}
	tag := []string{onTag(on)}
	if !isKey {
		folded := slices.ContainsFunc(targets, func(f *field) bool { return f.column.NoCase && !f.column.Key })
		unique := slices.ContainsFunc(to.uniques, func(u []string) bool {
			return len(u) == len(at) && !slices.ContainsFunc(at, func(c string) bool { return !slices.Contains(u, c) })
		})
		if folded || !unique {
			return "it refers to columns that are not the key, and without a unique index that a tag can say and that a " +
				"foreign key can use"
		}
		tag = append(tag, "to="+tagValue(strings.Join(at, ", ")))
	}
	switch {
	case !listable(on) || !listable(at):
		return "a column has a name that cannot stand in a list"
	case len(on) == 1 && strings.HasSuffix(fields[0].family, refFamily):
		return "the column refers to another table already"
	}
	name := to.name
	if own, ok := strings.CutSuffix(on[0], "_id"); ok && len(on) == 1 {
		name = goName(own)
	}
	t.relation(name, "CompositeRef", to, append(tag, tags...))
	return ""
}

func onTag(on []string) string { return "on=" + tagValue(strings.Join(on, ", ")) }

// relation adds a field that is a relation, under a name that no field has. No column may have the name either that it
// gets in JSON.
func (t *found) relation(name, family string, to *found, tag []string) {
	taken := func(name string) bool {
		snake := schema.FoldName(schema.Snake(name))
		return t.names[name] || t.embedded != "" && slices.Contains([]string{"_id", "_created", "_updated"}, snake) ||
			slices.ContainsFunc(t.fields, func(f *field) bool { return schema.FoldName(f.column.Name) == snake }) ||
			slices.ContainsFunc(t.relations, func(r *field) bool { return schema.FoldName(schema.Snake(r.name)) == snake })
	}
	free := name
	if taken(free) {
		free = name + "Row"
		if family == "Many" {
			free = name + "Rows"
		}
	}
	for n, first := 2, free; taken(free); n++ {
		free = fmt.Sprintf("%s_%d", first, n)
	}
	t.names[free] = true
	t.relations = append(t.relations, &field{name: free, typ: "prom." + family + "[" + to.name + "]", family: family,
		tag: tag})
}

// target returns the table that a foreign key refers to, nil if there is no model of it.
func (g *generator) target(t *found, k *schema.FoundForeignKey) *found {
	i := slices.IndexFunc(g.tables, func(o *found) bool {
		return o.table == k.FullName
	})
	if i < 0 {
		i = slices.IndexFunc(g.tables, func(o *found) bool {
			return o.table == k.Table || t.FoldNames && strings.EqualFold(o.table, k.Table)
		})
	}
	if i < 0 || len(k.Columns) != len(k.TargetColumns) {
		return nil
	}
	return g.tables[i]
}

// keysFirst makes the keys of tables refer to what they do before other columns refer to them: a reference by its type
// needs to know whether the key is one.
func (g *generator) keysFirst(t *found, seen map[*found]bool, refer func(t *found, k *schema.FoundForeignKey)) {
	if seen[t] {
		return
	}
	seen[t] = true
	key := t.keyFields()
	for i := range t.ForeignKeys {
		k := &t.ForeignKeys[i]
		if len(key) != 1 || len(k.Columns) != 1 || t.field(k.Columns[0]) != key[0] {
			continue
		}
		if to := g.target(t, k); to != nil {
			g.keysFirst(to, seen, refer)
		}
		refer(t, k)
	}
}

const refFamily = "Ref"

// refTypeOf returns the type of a reference to the key of a table, "" if there is none.
func refTypeOf(to *found, f *field) string {
	switch f.column.Kind {
	case schema.Int64:
		return "prom.Ref[" + to.name + "]"
	case schema.Int16, schema.Int32, schema.Uint64, schema.Text, schema.UUID:
		return "prom.RefBy[" + to.name + ", " + strings.TrimPrefix(f.typ, "*") + "]"
	}
	return ""
}

// refer makes a field a reference.
func (f *field) refer(typ string, actions []string) {
	f.tag = slices.DeleteFunc(f.tag, func(o string) bool { return o == "auto" || strings.HasPrefix(o, defaultTag) })
	for i, option := range f.tag {
		if strings.HasPrefix(option, generatedTag) {
			f.tag[i] = "readonly"
		}
	}
	f.family, f.actions = refFamily, actions
	if strings.HasPrefix(f.typ, "*") {
		typ, f.family = "*"+typ, "Null"+refFamily
	}
	f.typ = typ
}

// circle notes that a table needs another one, and returns the tags of the reference. If that closes a circle, one of
// them has to say when it is checked.
func (g *generator) circle(from, to *found, k *schema.FoundForeignKey, tags []string) []string {
	n := need{from, to, k.Deferrable}
	if !n.timed && g.leads(to, from, nil) {
		n.timed, tags = true, append(tags, "deferrable=no")
	}
	g.needs = append(g.needs, n)
	return tags
}

// leads reports whether a table needs another one, by way of references whose tags do not say when they are checked.
func (g *generator) leads(from, to *found, seen []*found) bool {
	return from == to || slices.ContainsFunc(g.needs, func(n need) bool {
		return n.from == from && !n.timed && !slices.Contains(seen, n.to) && g.leads(n.to, to, append(seen, n.to))
	})
}

// actions returns the tags of a foreign key that does something else than one that the library makes: of one all of
// whose columns may be NULL, some of them, or none.
func actions(k *schema.FoundForeignKey, all, some bool) (tags []string) {
	onDelete := "CASCADE"
	if all {
		onDelete = "SET NULL"
	}
	// A tag does not say what fails always, SET NULL of a column that is NOT NULL, nor SET DEFAULT without the default.
	says := func(action string) bool { return action != "SET DEFAULT" && (all || action != "SET NULL") }
	if (k.OnDelete != onDelete || some && !all) && says(k.OnDelete) {
		tags = append(tags, "ondelete="+strings.ToLower(k.OnDelete))
	}
	if k.OnUpdate != "CASCADE" && says(k.OnUpdate) {
		tags = append(tags, "onupdate="+strings.ToLower(k.OnUpdate))
	}
	switch {
	case k.Deferred:
		tags = append(tags, "deferrable=deferred")
	case k.Deferrable:
		tags = append(tags, "deferrable")
	}
	return tags
}

// field returns the field of a column, nil if it has none.
func (t *found) field(name string) *field {
	c := t.Column(name)
	if c == nil {
		return nil
	}
	if t.embedded != "" && c.Name == "_id" {
		if t.id == nil {
			t.id = &field{column: *c, name: "ID", stored: goTypes[c.Kind].is, typ: goTypes[c.Kind].typ, tag: []string{"key"}}
		}
		return t.id
	}
	i := slices.IndexFunc(t.fields, func(f *field) bool { return f.column.Name == c.Name })
	if i < 0 {
		return nil
	}
	return t.fields[i]
}

// keyFields returns the fields of the primary key, in the order of the model.
func (t *found) keyFields() (key []*field) {
	if t.embedded != "" {
		return []*field{t.field("_id")}
	}
	for _, f := range t.fields {
		if slices.Contains(f.tag, "key") {
			key = append(key, f)
		}
	}
	return key
}

func columnsOf(fields []*field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.column.Name
	}
	return names
}

// listable reports whether names can stand in a tag with commas between them.
func listable(names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, ",") || strings.TrimSpace(n) != n })
}

// base returns a type without its pointer.
func base(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// digits returns the tag of a decimal, which makes it another type than a text.
func digits(f *field) bool {
	return slices.ContainsFunc(f.tag, func(o string) bool { return strings.HasPrefix(o, "decimal=") })
}

// plural returns the name of rows of a struct. Tables often have a plural as their name already.
func plural(name string) string {
	y, isY := strings.CutSuffix(name, "y")
	switch {
	case isY && y != "" && !strings.ContainsAny(y[len(y)-1:], "aeiou"):
		return y + "ies"
	case strings.HasSuffix(name, "ss"), strings.HasSuffix(name, "x"), strings.HasSuffix(name, "ch"),
		strings.HasSuffix(name, "sh"):
		return name + "es"
	case strings.HasSuffix(name, "s"):
		return name
	}
	return name + "s"
}
