package schema_test

import (
	"database/sql"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

type author struct {
	Model
	Name string
}

type tag struct {
	Slug string `prom:"key,nocase"`
}

type device struct {
	ID uuid.UUID `prom:"key,auto"`
}

type post struct {
	Model
	Author prom.Ref[author]        `prom:"author_id"`
	Editor *prom.Ref[author]       `prom:"editor_id,unique"`
	Tag    prom.RefBy[tag, string] `prom:"nocase"`
	Device sql.Null[prom.RefBy[device, uuid.UUID]]
	Parent *prom.Ref[post]
}

type (
	left struct {
		Model
		Right *prom.Ref[right]
	}
	right struct {
		Model
		Left prom.Ref[left]
	}
)

// Ensure that a reference has the type of its target's key, is strong when it is required and weak when not, and that
// references to the model itself and in a circle work.
// parity: F39 F41 F42 A5 B21
func TestReferences(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tbl := of[post](t)
	refs := tbl.References()
	is.Equal(len(refs), 5)
	for i, want := range []struct {
		name   string
		kind   schema.Kind
		target *schema.Table
		key    string
		weak   bool
	}{
		{"author_id", schema.Int64, of[author](t), "_id", false},
		{"editor_id", schema.Int64, of[author](t), "_id", true},
		{"tag", schema.Text, of[tag](t), "slug", false},
		{"device", schema.UUID, of[device](t), "id", true},
		{"parent", schema.Int64, tbl, "_id", true},
	} {
		c := refs[i]
		is.Equal(c.Name, want.name)
		is.Equal(c.Kind, want.kind)
		is.Equal(c.References.Target(), want.target)
		is.Equal(tbl.TargetOf(c), want.target)
		is.Equal(c.References.Model, want.target.Model)
		is.Equal(c.References.TargetColumn().Name, want.key)
		is.Equal(c.References.Weak, want.weak)
		is.Equal(c.Null, want.weak)
	}
	other, err := tbl.WithName("other")
	is.NoErr(err)
	is.Equal(other.TargetOf(refs[4]), other) // its own rows, not those of the first name
	is.Equal(other.TargetOf(refs[0]), of[author](t))

	l, r := of[left](t), of[right](t)
	is.Equal(l.References()[0].References.Target(), r)
	is.Equal(r.References()[0].References.Target(), l)
	is.Equal(schema.Unwrap(reflect.TypeFor[*prom.Ref[author]]()), reflect.TypeFor[int64]())
	is.Equal(schema.Unwrap(reflect.TypeFor[sql.Null[prom.RefBy[tag, string]]]()), reflect.TypeFor[string]())
}

type (
	noKey   struct{ A int }
	twoKeys struct {
		A int `prom:"key"`
		B int `prom:"key"`
	}
	uuidText struct {
		ID string `prom:"key,uuid"`
	}
	broken struct {
		A int `prom:"key,size=1"`
	}

	toNoKey   struct{ R prom.Ref[noKey] }
	toTwoKeys struct{ R prom.Ref[twoKeys] }
	toOther   struct{ R prom.Ref[tag] }
	toUUID    struct {
		R prom.RefBy[uuidText, string]
	}
	toCase    struct{ R prom.RefBy[tag, string] }
	toBroken  struct{ R prom.RefBy[broken, int] }
	toNothing struct{ R prom.Ref[int] }
)

// Ensure that a reference that cannot be one says why, at its first use.
func TestReferenceErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tbl  *schema.Table
		want string
	}{
		{of[toNoKey](t), "prom: model schema_test.toNoKey: field R: a reference needs a model with one key column: noKey has no primary key"},
		{of[toTwoKeys](t), "twoKeys has a primary key of 2 columns (a, b)"},
		{of[toOther](t), "the key of schema_test.tag is a string, the reference holds a int64; write prom.RefBy[tag, string]"},
		{of[toUUID](t), "the key of schema_test.uuidText is stored as uuid, the reference as text; give both the same tag options"},
		{of[toCase](t), "stored as text (nocase), the reference as text; give both"},
		{of[toBroken](t), "prom: model schema_test.broken: field A: tag"},
		{of[toNothing](t), "prom: model int: a model is a struct type, not int"},
	} {
		func() {
			defer func() {
				err, _ := recover().(error)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: got %v, want %s", tt.tbl.Name, err, tt.want)
				}
			}()
			tt.tbl.References()[0].References.Target()
		}()
	}
}

// Ensure that a Ref holds its key, also in JSON.
// parity: M28
func TestRef(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var r prom.Ref[author]
	is.True(r.IsZero())
	is.Equal(r.Key(), int64(0))
	r.SetKey(7)
	is.True(!r.IsZero())
	is.Equal(r, prom.NewRef[author](7))
	b, err := json.Marshal(struct{ R prom.Ref[author] }{r})
	is.NoErr(err)
	is.Equal(string(b), `{"R":7}`)
	var back struct{ R prom.Ref[author] }
	is.NoErr(json.Unmarshal(b, &back))
	is.Equal(back.R.Key(), int64(7))
	is.True(json.Unmarshal([]byte(`{"R":"x"}`), &back) != nil)
	id := prom.NewRefBy[device](uuid.MustParse("f47ac10b-58cc-4372-a567-0e02b2c3d479"))
	b, err = json.Marshal(id)
	is.NoErr(err)
	is.Equal(string(b), `"f47ac10b-58cc-4372-a567-0e02b2c3d479"`)
}
