package schema_test

import (
	"database/sql"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

type (
	docUser struct {
		prom.Model
		Name string
	}
	docNamed struct{ Name string }
	docByKey struct {
		Code string `prom:"size=2,key"`
	}
	docChild struct{ User prom.Ref[docUser] }
	docOwner struct{ Users prom.Many[docUser] }
	docRules struct {
		Street string `prom:"size=1..100"`
	}
	docPlain struct {
		Street string
		At     time.Time
		Next   *docPlain
		Secret docUser `json:"-"`
		hidden docUser
	}
	docOption[T any]    struct{ value *T } // as libraries of optional values have it
	docPage[T any]      struct{ Items []T }
	docNode             struct{ Children []docNode }
	docEmbedding        struct{ docUser }
	docMarshaler        struct{ Name string }
	docModelThatMarshal struct {
		prom.Model
		Name string
	}
)

func (*docNamed) TableName() string { return "named" }

func (o docOption[T]) MarshalJSON() ([]byte, error)      { return json.Marshal(o.value) }
func (docMarshaler) MarshalJSON() ([]byte, error)        { return []byte(`{}`), nil }
func (*docModelThatMarshal) UnmarshalJSON([]byte) error  { return nil }
func (docModelThatMarshal) MarshalJSON() ([]byte, error) { return []byte(`{}`), nil }
func (*docMarshaler) UnmarshalJSON([]byte) error         { return nil }

var _ = docPlain{}.hidden

// Ensure that a model as a plain field is no JSON column, whatever it is wrapped in, and that the option json makes it
// one.
func TestModelsInDocuments(t *testing.T) {
	t.Parallel()
	one, many, other := "write prom.Ref[", "write prom.Many[", "a prom.Ref["
	tests := []struct {
		typ  reflect.Type
		want string
	}{
		{reflect.TypeFor[docUser](), "schema_test.docUser is a model (it embeds prom.Model or its like) and would be stored as JSON in this row: " +
			"write prom.Ref[docUser], or *prom.Ref[docUser] for one that may be NULL, to refer to its row; if you want a JSON document, use the option json"},
		{reflect.TypeFor[*docUser](), one},
		{reflect.TypeFor[sql.Null[docUser]](), one},
		{reflect.TypeFor[[]docUser](), many},
		{reflect.TypeFor[[]*docUser](), many},
		{reflect.TypeFor[*[]docUser](), many},
		{reflect.TypeFor[[3]docUser](), many},
		{reflect.TypeFor[map[string]docUser](), other},
		{reflect.TypeFor[map[string][]*docUser](), other},
		{reflect.TypeFor[docPage[docUser]](), other},
		{reflect.TypeFor[docPage[docPage[docUser]]](), other},
		{reflect.TypeFor[docOption[docUser]](), other},
		{reflect.TypeFor[struct{ docUser }](), one}, // has the columns of a model itself
		{reflect.TypeFor[struct{ A []struct{ B *docUser } }](), other},
		{reflect.TypeFor[docEmbedding](), one},
		{reflect.TypeFor[docModelThatMarshal](), one},
		{reflect.TypeFor[docNamed](), "docNamed is a model (it has a method TableName)"},
		{reflect.TypeFor[docByKey](), "docByKey is a model (its field Code is a key)"},
		{reflect.TypeFor[[]docChild](), "docChild is a model (its field User is a reference or a relation)"},
		{reflect.TypeFor[docOwner](), "docOwner is a model (its field Users is a reference or a relation)"},
		{reflect.TypeFor[docRules](), "docRules has fields with prom tags, which mean nothing in JSON, and would be stored as JSON in this row: " +
			"embed it without a tag to have its fields as columns"},
		{reflect.TypeFor[docPlain](), ""},
		{reflect.TypeFor[[]docPlain](), ""},
		{reflect.TypeFor[map[string]docOption[docPlain]](), ""},
		{reflect.TypeFor[docMarshaler](), ""},
		{reflect.TypeFor[any](), ""},
		{reflect.TypeFor[json.RawMessage](), ""},
	}
	for _, tt := range tests {
		_, err := schema.OfNamed(tagOf(tt.typ, "b"), "made")
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.typ, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v does not say %s", tt.typ, err, tt.want)
		}
		c, err := schema.OfNamed(tagOf(tt.typ, "b,json"), "made")
		if err != nil || c.Columns[0].Kind != schema.JSON {
			t.Errorf("%s with the option json: %v", tt.typ, err)
		}
		if _, err := schema.FieldsOf(tagOf(tt.typ, "b")); err != nil {
			t.Errorf("%s in a result: %v", tt.typ, err)
		}
	}
	if _, err := schema.Of(reflect.TypeFor[docNode]()); err == nil ||
		!strings.Contains(err.Error(), "write prom.Many[docNode]") {
		t.Errorf("a model of its own kind: %v", err)
	}
}

func tagOf(typ reflect.Type, tag string) reflect.Type {
	return reflect.StructOf([]reflect.StructField{{Name: "B", Type: typ, Tag: reflect.StructTag(`prom:"` + tag + `"`)}})
}
