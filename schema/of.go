package schema

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// TableNamer is implemented by a model, on its value or its pointer, to name its table. Without it the name is the
// snake_case form of the type's name.
type TableNamer interface {
	// TableName returns the name of the table, unquoted, with a schema and a dot before it if it has one.
	TableName() string
}

var tables sync.Map // reflect.Type → *Table or error

// Of returns the schema of a model, a struct type. It reads the struct once and returns the same Table ever after; it
// is safe for concurrent use. An error names the model, the field and the tag.
func Of(model reflect.Type) (*Table, error) {
	if model == nil {
		return nil, errors.New("prom: a model is a struct type, not nil")
	}
	if known, ok := tables.Load(model); ok {
		return tableOrError(known)
	}
	t, err := newTable(model)
	var made any = t
	if err != nil {
		made = fmt.Errorf("prom: model %s: %w", model, err)
	}
	known, _ := tables.LoadOrStore(model, made)
	return tableOrError(known)
}

func tableOrError(known any) (*Table, error) {
	if err, ok := known.(error); ok {
		return nil, err
	}
	return known.(*Table), nil
}

// OfNamed returns the schema of a struct type that need not have a name, such as one that was made by reflection, for a
// table of that name. Each call makes another.
func OfNamed(model reflect.Type, table string) (*Table, error) {
	t, err := newNamedTable(model, table)
	if err != nil {
		return nil, fmt.Errorf("prom: model %s: %w", model, err)
	}
	return t, nil
}

func newTable(model reflect.Type) (*Table, error) { return newNamedTable(model, "") }

func newNamedTable(model reflect.Type, name string) (*Table, error) {
	if model.Kind() != reflect.Struct {
		return nil, fmt.Errorf("a model is a struct type, not %s", model.Kind())
	}
	b := builder{table: &Table{Model: model, byName: map[string]*Column{}}}
	if err := b.setName(name); err != nil {
		return nil, err
	}
	b.table.setQualified()
	if err := b.addStruct(model, place{}); err != nil {
		return nil, err
	}
	return b.finish()
}

// builder makes a Table from a struct.
type builder struct {
	table       *Table
	last        []*Column // of an embedded prom.Model: after the model's own
	indexes     []pendingIndex
	divided     partitionTag
	distributed distributeTag
	result      bool // the struct is for rows of a result and no table's
}

func (b *builder) setName(name string) error {
	t := b.table
	if t.Name = name; name != "" {
		return checkTableName(name)
	}
	t.Name = Snake(t.Model.Name())
	if n, ok := reflect.TypeAssert[TableNamer](reflect.New(t.Model)); ok {
		t.Name = n.TableName()
	} else if strings.ContainsAny(t.Name, "[") || t.Name == "" {
		return errors.New("a generic or unnamed type needs a method TableName() string")
	}
	if err := checkTableName(t.Name); err != nil {
		return fmt.Errorf("table name: %w", err)
	}
	return nil
}

// place is where a struct is in the model, and what its fields get from there.
type place struct {
	path   []int
	offset uintptr
	field  string // before the names of its fields, for messages: "Home."
	column string // before the names of its columns: what the tag option embed says
	last   bool   // its columns come after the model's own
}

// of returns the place of a struct that is a field.
func (p place) of(f reflect.StructField, i int) place {
	p.path = append(p.path[:len(p.path):len(p.path)], i)
	p.offset += f.Offset
	p.field += f.Name + "."
	return p
}

// addStruct adds the fields of a struct.
func (b *builder) addStruct(t reflect.Type, in place) error {
	if hasTracker(t) {
		in.last = in.path != nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		text, tagged := f.Tag.Lookup("prom")
		tg, err := parseTag(text)
		if err == nil && !tagged {
			err = lostTag(f.Tag)
		}
		if err != nil {
			return b.tagError(in.field+f.Name, text, err)
		}
		at := in.of(f, i)
		switch {
		case f.Name == "_":
			if tagged && !tg.skip {
				if err := b.addBlank(&tg, in); err != nil {
					return b.tagError(in.field+"_", text, err)
				}
			}
		case tg.skip, f.Type == trackerType:
		case tg.has("embed"):
			prefix, err := b.embed(f, &tg)
			if err != nil {
				return b.tagError(in.field+f.Name, text, err)
			}
			at.column += prefix
			before := b.size()
			if err := b.addStruct(f.Type, at); err != nil {
				return err
			}
			if b.size() == before {
				return b.tagError(in.field+f.Name, text, fmt.Errorf("%s has no exported field to store", f.Type))
			}
		case tg.has("computed") && !b.result:
			if err := b.addComputed(&Column{Field: in.field + f.Name, Name: in.column + Snake(f.Name), Type: f.Type,
				Path: at.path, Offset: at.offset, Ordinal: -1}, f, &tg); err != nil {
				return b.tagError(in.field+f.Name, text, err)
			}
		case f.Type.Implements(relaterType) && f.IsExported():
			if f.Type.Kind() == reflect.Pointer {
				return b.tagError(in.field+f.Name, text,
					fmt.Errorf("a relation must be a %s, not a pointer to it", f.Type.Elem()))
			}
			r := &Relation{Name: in.column + Snake(f.Name), Field: in.field + f.Name, Type: f.Type, Path: at.path,
				Offset: at.offset, prefix: in.column}
			if err := b.addRelation(r, &tg); err != nil {
				return b.tagError(r.Field, text, err)
			}
		case f.Anonymous && f.Type.Kind() == reflect.Struct && !tagged && !isColumnStruct(f.Type):
			if err := b.addStruct(f.Type, at); err != nil {
				return err
			}
		case f.Anonymous && f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct && !tagged &&
			!isColumnStruct(f.Type.Elem()):
			return fmt.Errorf("field %s%s: embed the struct %s by value, not by pointer, or leave it out by the tag prom:\"-\"",
				in.field, f.Name, f.Type.Elem())
		case !f.IsExported():
			if tagged {
				return b.tagError(in.field+f.Name, text, errors.New("an unexported field cannot be a column"))
			}
		default:
			c := &Column{Field: in.field + f.Name, Type: f.Type, Path: at.path, Offset: at.offset}
			if err := b.addColumn(c, f, &tg, in); err != nil {
				return b.tagError(c.Field, text, err)
			}
		}
	}
	return nil
}

// addComputed adds a field that is filled by what a query computes.
func (b *builder) addComputed(c *Column, f reflect.StructField, tg *tag) error {
	switch {
	case !f.IsExported():
		return errors.New("an unexported field cannot be filled")
	case tg.name != "" || len(tg.items) > 1:
		return errors.New("a computed field is not a column, so it cannot have a name or another option")
	}
	if err := c.setKind(&tag{}); err != nil {
		return err
	}
	b.table.Computed = append(b.table.Computed, c)
	return nil
}

func (b *builder) tagError(field, text string, err error) error {
	if text == "" {
		return fmt.Errorf("field %s: %w", field, err)
	}
	return fmt.Errorf("field %s: tag prom:%q: %w", field, text, err)
}

// isColumnStruct reports whether an embedded struct is one column, such as an embedded time.Time.
func isColumnStruct(t reflect.Type) bool {
	_, _, null := nullInner(t)
	return null || t == timeType || IsInfinite(t) || t.Implements(referrerType) ||
		reflect.PointerTo(t).Implements(scannerType) || reflect.PointerTo(t).Implements(textUnmarshaler)
}

func (b *builder) addColumn(c *Column, f reflect.StructField, tg *tag, in place) error {
	c.Name = in.column + cmp.Or(tg.name, Snake(f.Name))
	if err := checkColumnName(c.Name); err != nil {
		return fmt.Errorf("column name: %w", err)
	}
	for _, other := range b.table.byName {
		if other.Name == c.Name {
			return fmt.Errorf("the column %q belongs to field %s already", c.Name, other.Field)
		}
		if FoldName(other.Name) == FoldName(c.Name) {
			return fmt.Errorf("the columns %q and %q (field %s) differ only in case, which SQLite ignores", c.Name, other.Name,
				other.Field)
		}
	}
	if was, ok := tg.value("was"); ok {
		was = in.column + was
		if err := checkColumnName(was); err != nil {
			return fmt.Errorf("was: %w", err)
		}
		if FoldName(was) == FoldName(c.Name) {
			return errors.New("was must be the old name of the column, not its current name")
		}
		c.Was = was
	}
	if tg.has("audit") {
		return errors.New("audit is for a blank field _, and says it of the whole model: _ struct{} `prom:\"audit\"`")
	}
	c.NoAudit = tg.has("noaudit")
	if tg.has("partition") || tg.has("partitions") {
		return errors.New("partition is for a blank field _, and says it of the whole model: " +
			"_ struct{} `prom:\"partition=month(at)\"`")
	}
	if tg.has("distribute") {
		return errors.New("distribute is for a blank field _, and says it of the whole model: " +
			"_ struct{} `prom:\"distribute=org_id\"`")
	}
	if tg.has("view") || tg.has("materialized") {
		return errors.New("view and materialized are for a blank field _, and say it of the whole model")
	}
	if tg.has("via") || tg.has("to") {
		return fmt.Errorf("via and to are for fields of type prom.Many and prom.ManyToMany, not for %s", c.Type)
	}
	if err := c.setKind(tg); err != nil {
		return err
	}
	if err := b.checkDocument(c, tg); err != nil {
		return err
	}
	if err := c.setReference(b.table.Model); err != nil {
		return err
	}
	if err := c.setFlags(tg); err != nil {
		return err
	}
	if err := c.setRules(tg); err != nil {
		return err
	}
	if err := c.setDefault(tg); err != nil {
		return err
	}
	if err := c.setReadOnly(tg); err != nil {
		return err
	}
	if err := c.setActions(tg); err != nil {
		return err
	}
	if err := c.setForm(tg); err != nil {
		return err
	}
	if err := b.addFieldIndexes(c, tg, in); err != nil {
		return err
	}
	b.table.byName[c.Name] = c
	if in.last {
		b.last = append(b.last, c)
	} else {
		b.table.Columns = append(b.table.Columns, c)
	}
	return nil
}

func (c *Column) setReference(model reflect.Type) error {
	t := c.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	} else if inner, _, ok := nullInner(t); ok {
		t = inner
	}
	if !t.Implements(referrerType) {
		return nil
	}
	target, key := reflect.Zero(t).Interface().(referrer).ReferenceTypes()
	c.References = &Reference{Model: target, Weak: c.Null, target: sync.OnceValues(func() (*Table, error) {
		table, err := c.targetOf(target, key)
		if err != nil {
			return nil, fmt.Errorf("prom: model %s: field %s: %w", model, c.Field, err)
		}
		return table, nil
	})}
	return nil
}

func (c *Column) targetOf(target, key reflect.Type) (*Table, error) {
	table, err := Of(target)
	if err != nil {
		return nil, err
	}
	column, err := table.SingleKey()
	if err != nil {
		return nil, fmt.Errorf("a reference needs a model with one key column: %w", err)
	}
	if column.Type != key {
		return nil, fmt.Errorf("the key of %s is a %s, the reference holds a %s; write prom.RefBy[%s, %s]", target,
			column.Type, key, target.Name(), column.Type)
	}
	if column.Kind != c.Kind || column.NoCase != c.NoCase || column.typeOption() != c.typeOption() {
		return nil, fmt.Errorf("the key of %s is stored as %s, the reference as %s; give both the same tag options", target,
			storedAs(column), storedAs(c))
	}
	return table, nil
}

func storedAs(c *Column) string {
	if c.NoCase {
		return c.Kind.String() + " (nocase)"
	}
	if option := c.typeOption(); option != "" {
		return c.Kind.String() + " (" + option + ")"
	}
	return c.Kind.String()
}

func (c *Column) setFlags(tg *tag) error {
	c.Key, c.Auto, c.NoCase, c.Private = tg.has("key"), tg.has("auto"), tg.has("nocase"), tg.has("private")
	c.Created, c.Updated = tg.has("created"), tg.has("updated")
	c.Version, c.Deleted = tg.has("version"), tg.has("deleted")
	switch {
	case tg.has("array") && c.Dims == 0:
		return fmt.Errorf("array needs a slice of texts, numbers, booleans, times or UUIDs, or a slice of such slices, not %s", c.Type)
	case c.Key && c.Null:
		return fmt.Errorf("a key cannot be NULL, so %s cannot be one", c.Type)
	case c.Key && (c.Kind == JSON || c.Kind == Any || c.Kind.IsList() || c.Kind == Float32 || c.Kind == Float64):
		return fmt.Errorf("%s cannot be a key", c.Type)
	case c.Auto && !c.Key:
		return errors.New("auto is for a key; add the option key")
	case c.Auto && (c.Scanner || c.Kind != Int16 && c.Kind != Int32 && c.Kind != Int64 && c.Kind != UUID):
		return fmt.Errorf("auto needs a signed integer or a UUID, not %s", c.Type)
	case c.Auto && c.References != nil:
		return errors.New("the key is a reference, so it cannot be generated; leave auto out")
	case c.NoCase && c.Kind != Text:
		return fmt.Errorf("nocase is for texts, not for %s", c.Type)
	case (c.Created || c.Updated) && (c.Kind != Time || c.Null || c.Scanner || c.Codec != nil):
		return fmt.Errorf("created and updated need a time.Time, not %s", c.Type)
	case c.Version && (c.Null || c.Key || c.Scanner || c.References != nil ||
		c.Kind != Int16 && c.Kind != Int32 && c.Kind != Int64):
		return fmt.Errorf("version needs an integer of at most 63 bits, such as int, that is not a key, not %s", c.Type)
	case c.Version && tg.has("default"):
		return errors.New("a version begins at 1; leave default out")
	case c.Deleted && (c.Kind != Time || !c.Null || c.Scanner):
		return fmt.Errorf("deleted needs a *time.Time, which is NULL until the row is deleted, not %s", c.Type)
	case c.Deleted && (c.Created || c.Updated || tg.has("default")):
		return errors.New("only deleting the row sets deleted; leave created, updated and default out")
	}
	return nil
}

// finish puts the columns in order and makes the indexes.
func (b *builder) finish() (*Table, error) {
	t := b.table
	t.Columns = append(t.Columns, b.last...)
	if len(t.Columns) == 0 {
		return nil, errors.New("it has no exported field to store")
	}
	for i, c := range t.Columns {
		c.Ordinal = i
		t.Filled = t.Filled || c.ReadOnly
		if c.Key {
			t.Key = append(t.Key, c)
		}
		if err := t.setSpecial(c); err != nil {
			return nil, err
		}
	}
	for _, c := range t.Key {
		c.KeyLen = len(t.Key)
	}
	t.Loaded = t.Key
	if t.Version != nil {
		t.Loaded = append(slices.Clip(t.Key), t.Version)
	}
	if err := t.checkAuto(); err != nil {
		return nil, err
	}
	if err := t.checkWas(); err != nil {
		return nil, err
	}
	for _, r := range t.Relations {
		if c := t.byName[r.Name]; c != nil {
			return nil, fmt.Errorf("field %s: the column of field %s has the name %q of this relation; rename one of them",
				r.Field, c.Field, r.Name)
		}
	}
	if err := b.makeForeignKeys(); err != nil {
		return nil, err
	}
	if err := b.checkView(); err != nil {
		return nil, err
	}
	if err := t.checkAudit(); err != nil {
		return nil, err
	}
	for _, c := range t.Columns {
		refers := slices.ContainsFunc(t.ForeignKeys, func(k *ForeignKey) bool { return slices.Contains(k.Columns, c) })
		c.Folded = c.NoCase && !c.Key && c.References == nil && !refers
	}
	if err := b.makeIndexes(); err != nil {
		return nil, err
	}
	if err := b.makePartitioning(); err != nil {
		return nil, err
	}
	return t, b.makeDistribution()
}

// checkAuto returns an error when the database would have to count up more than one column of the key.
func (t *Table) checkAuto() error {
	var counted *Column
	for _, c := range t.Key {
		switch {
		case !c.Auto || c.Kind == UUID:
		case counted != nil:
			return fmt.Errorf("field %s: %s is generated already, and the database generates one column of a key", c.Field,
				counted.Field)
		default:
			counted = c
		}
	}
	return nil
}

// setSpecial notes the columns of which a table has one at most.
func (t *Table) setSpecial(c *Column) error {
	for _, special := range []struct {
		is   bool
		name string
		at   **Column
	}{{c.Version, "version", &t.Version}, {c.Deleted, "deleted", &t.Deleted}} {
		switch {
		case !special.is:
		case *special.at != nil:
			return fmt.Errorf("field %s: %s has the option %s already", c.Field, (*special.at).Field, special.name)
		default:
			*special.at = c
		}
	}
	return nil
}
