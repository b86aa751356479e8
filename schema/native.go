package schema

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Native is a PostgreSQL type to which no kind belongs, so that its values are read and written as text.
type Native struct {
	Type    string   // as a cast takes it: without limits, which a cast would cut values to; quoted where that is needed
	Ordered bool     // its values can be compared: it has an operator class for B-trees
	Domain  bool     // the column has a domain over the type
	Least   bool     // there are the aggregates min and max of it
	Labels  []string // of an enum, or of the enum that an array's elements are of, in their order; nil for other types
}

// nativeType is what the tag option type takes for a PostgreSQL type.
var nativeType = regexp.MustCompile(`^(?:[A-Za-z_]\w*|"(?:[^"]|"")+")(?:\.(?:[A-Za-z_]\w*|"(?:[^"]|"")+"))?` +
	`(?: [a-z]+)?(?:\(\d+(?:, ?\d+)?\))?(?: with(?:out)? time zone)?(?:\[\])*$`)

// ownTypes are types that columns of other kinds than texts have, and how a field gets one.
var ownTypes = map[string]string{
	"boolean": "a bool", "bool": "a bool",
	"smallint": "an int16", "int2": "an int16", "integer": "an int32", "int": "an int32", "int4": "an int32",
	"bigint": "an int64", "int8": "an int64", "real": "a float32", "float4": "a float32",
	"double precision": "a float64", "float8": "a float64", "bytea": "a []byte", "date": "a time.Time with the option date",
	"numeric": "the option decimal", "decimal": "the option decimal", "uuid": "the option uuid",
	"timestamp": "a time.Time", "timestamptz": "a time.Time", "timestamp with time zone": "a time.Time",
	"timestamp without time zone": "a time.Time", "time": "a time.Duration with the option clock",
	"time without time zone": "a time.Duration with the option clock",
}

// Enum is an enum type of PostgreSQL that a model has.
type Enum struct {
	Name   string   // unquoted
	Labels []string // in their order
}

// maxLabel is how many bytes a label of an enum has at most (PostgreSQL's manual, section "Enumerated Types").
const maxLabel = 63

// setEnum reads the tag option enum, of a column whose values are of a Go type.
func (c *Column) setEnum(tg *tag, typ reflect.Type) error {
	if !tg.has("enum") {
		return nil
	}
	name, _ := tg.value("enum")
	switch {
	case c.Kind.Elem() != Text || c.Scanner || c.TextCodec || c.Codec != nil:
		return fmt.Errorf("enum needs a string type, not %s", typ)
	case len(c.Rules.Choices) == 0:
		return fmt.Errorf("enum needs the values: give %s a method Values() []%s, or the field the option choices", typ,
			typ.Name())
	case name == "" && typ.PkgPath() == "":
		return fmt.Errorf("enum needs the name of the type, such as enum=mood, because the field is a %s", typ)
	case name == "":
		name = Snake(typ.Name())
	}
	if err := checkColumnName(name); err != nil {
		return fmt.Errorf("enum: %w", err)
	}
	for i, label := range c.Rules.Choices {
		if len(label) > maxLabel {
			return fmt.Errorf("enum: the value %q has more than %d bytes", label, maxLabel)
		}
		if slices.Contains(c.Rules.Choices[:i], label) {
			return fmt.Errorf("enum: the value %q occurs twice", label)
		}
	}
	c.Enum = &Enum{Name: name, Labels: c.Rules.Choices}
	return nil
}

// Lacks lists the values of the model's enum that the enum of a column lacks, in their order.
func (c *Column) Lacks(h *FoundColumn) (labels []string) {
	if c.Enum == nil || h.Native.Labels == nil {
		return nil
	}
	for _, label := range c.Enum.Labels {
		if !slices.Contains(h.Native.Labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

// typeOption tells the type that a column's tag names, for messages.
func (c *Column) typeOption() string {
	if c.Enum != nil {
		return "enum=" + c.Enum.Name
	}
	return c.SQLType
}

// setNative reads the PostgreSQL type that the tag option type names.
func (c *Column) setNative(name string) error {
	switch {
	case c.Kind != Text:
		return fmt.Errorf("type=%s is a PostgreSQL type whose values are texts in Go, which %s is not stored as", name, c.Type)
	case !nativeType.MatchString(name):
		return fmt.Errorf("type=%s is not the name of a PostgreSQL type, such as inet, varchar(20) or billing.state", name)
	case ownTypes[strings.ToLower(name)] != "":
		return fmt.Errorf("type=%s is not stored as a text; use %s", name, ownTypes[strings.ToLower(name)])
	}
	c.SQLType = name
	return nil
}
