package schema

import (
	"fmt"
	"regexp"
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
