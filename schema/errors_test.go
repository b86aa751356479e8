package schema_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

type badName struct{ A int }

func (badName) TableName() string { return "a?" }

type catalogName struct{ A int }

func (catalogName) TableName() string { return "Sqlite_master" }

// Ensure that a mistake in a model is an error that names the model, the field, the tag and what would be right.
// parity: X4 F40
func TestOfErrors(t *testing.T) {
	t.Parallel()
	type empty struct{ _ int }
	tests := []struct {
		model any
		want  string
	}{
		// the model
		{nil, "prom: a model is a struct type, not nil"},
		{5, "prom: model int: a model is a struct type, not int"},
		{&named{}, "prom: model *schema_test.named: a model is a struct type, not ptr"},
		{struct{ A int }{}, "a generic or unnamed type needs a method TableName() string"},
		{generic[int]{}, "prom: model schema_test.generic[int]: a generic or unnamed type needs a method TableName() string"},
		{empty{}, "it has no exported field to store"},
		{badName{}, `table name: the name "a?" contains a question mark`},
		{catalogName{}, `table name: the name "Sqlite_master" begins with sqlite_, which the engines reserve`},

		// columns
		{tagged[int](`uniqe`), `field B: tag prom:"uniqe": "uniqe" looks like the option unique`},
		{tagged[string](`size=1..9 unique`), "size=1..9 unique must be size=n, size=a..b"},
		{tagged[prom.Model](`b`), "embed prom.Model without a name of the field, so that its fields are columns"},
		{tagged[time.Time](`default=now()`), `default: "now()" is not a constant of kind time, and not now`},
		{tagged[bool](`default=yes`), `default: "yes" is not a constant of kind bool: write true or false`},
		{tagged[int](`required`), `field B: tag prom:"required": "required" is an option of other libraries, not of prom`},
		{struct {
			named
			B int `Prom:"key"` //nolint:govet // that is what is tested
		}{}, `field B: the key Prom of the struct tag must be written prom`},
		{struct {
			named
			B int `prom:"name='a'"`
		}{}, `field B: tag prom:"name='a'": the column "a" belongs to field named.A already`},
		{struct {
			named
			B int `prom:"name=A"`
		}{}, `the columns "A" and "a" (field named.A) differ only in case, which SQLite ignores`},
		{struct {
			named
			V int   `prom:"version"`
			W int16 `prom:"version"`
		}{}, "field W: V has the option version already"},
		{struct {
			named
			B int `prom:"name='x?'"`
		}{}, `column name: the name "x?" contains a question mark`},
		{struct {
			named
			B int `prom:"ctid"`
		}{}, `column name: the name "ctid" is a system column of PostgreSQL`},
		{struct {
			named
			OID int
		}{}, `field OID: column name: the name "oid" is a name of the rowid on SQLite`},
		{struct {
			named
			b int `prom:"b"`
		}{}, "an unexported field cannot be a column"},
		{struct {
			named
			*address
		}{}, `field address: embed the struct schema_test.address by value, not by pointer, or leave it out by the tag prom:"-"`},

		// types
		{column[chan int]{}, `the type chan int has no column type; to leave the field out, use the tag prom:"-"`},
		{column[func()]{}, "has no column type"},
		{column[complex128]{}, "has no column type"},
		{column[uintptr]{}, "has no column type"},
		{column[error]{}, "the type error has no column type"},
		{column[**int]{}, "**int allows NULL twice; use a pointer or sql.Null, not both"},
		{column[*sql.NullString]{}, "*sql.NullString allows NULL twice; use a pointer or sql.Null, not both"},
		{column[sql.Null[*int]]{}, "allows NULL twice; use a pointer or sql.Null, not both"},
		{column[sql.Null[sql.NullInt64]]{}, "allows NULL twice; use a pointer or sql.Null, not both"},
		{tagged[chan int](`json`), "a chan int cannot be stored as JSON"},
		{tagged[int](`null`), "null is for types with sql.Scanner and driver.Valuer; make int a pointer instead"},
		{tagged[int](`date`), "date needs a time.Time, not int"},
		{tagged[int](`clock`), "clock needs a time.Duration, not int"},
		{tagged[int](`uuid`), "uuid needs a string or a [16]byte type, not int"},
		{tagged[float64](`decimal=1.0`), "decimal needs a string or a type with sql.Scanner and driver.Valuer, not float64"},
		{tagged[string](`decimal=x`), "decimal=x is not precision.scale, such as decimal=12.2"},
		{tagged[string](`decimal=5`), "is not precision.scale"},
		{tagged[string](`decimal=2.3`), "is not precision.scale"},
		{tagged[string](`decimal=0.0`), "is not precision.scale"},
		{tagged[string](`decimal=+5.2`), "is not precision.scale"},
		{tagged[string](`decimal=5.2x`), "is not precision.scale"},
		{tagged[string](`type=int`), "type=int is not stored as a text; use an int32"},
		{tagged[valuer](`type=in et'`), "is not the name of a PostgreSQL type"},
		{tagged[int](`type=inet`), "type=inet is a PostgreSQL type whose values are texts in Go, which int is not stored as"},
		{tagged[string](`uuid,json`), "uuid and json both set the type of the column; keep one"},
		{tagged[time.Time](`date,clock`), "date and clock both set"},

		// flags
		{tagged[*int](`key`), "a key cannot be NULL, so *int cannot be one"},
		{tagged[float64](`key`), "float64 cannot be a key"},
		{tagged[[]string](`key`), "[]string cannot be a key"},
		{tagged[int](`auto`), "auto is for a key; add the option key"},
		{tagged[string](`key,auto`), "auto needs a signed integer or a UUID, not string"},
		{tagged[uint64](`key,auto`), "auto needs a signed integer or a UUID, not uint64"},
		{tagged[prom.Ref[named]](`key,auto`), "leave auto out"},
		{tagged[int](`nocase`), "nocase is for texts, not for int"},
		{tagged[string](`created`), "created and updated need a time.Time, not string"},
		{tagged[*time.Time](`updated`), "created and updated need a time.Time, not *time.Time"},
		{tagged[string](`version`), "version needs an integer"},
		{tagged[*int](`version`), "version needs an integer"},
		{tagged[uint64](`version`), "version needs an integer"},
		{tagged[int](`version,key`), "version needs an integer"},
		{tagged[int](`version,default=3`), "a version begins at 1; leave default out"},
		{tagged[time.Time](`deleted`), "deleted needs a *time.Time, which is NULL until the row is deleted, not time.Time"},
		{tagged[*string](`deleted`), "deleted needs a *time.Time"},
		{tagged[*time.Time](`deleted,date`), "deleted needs a *time.Time"},
		{tagged[*time.Time](`deleted,default=now`), "only deleting the row sets deleted"},

		// rules
		{tagged[int](`size=1`), "size is for texts and []byte; a number has min and max"},
		{tagged[string](`size=1,max=2`), "size cannot be combined with min or max"},
		{tagged[string](`size=..`), "size=.. sets no limit"},
		{tagged[string](`size=a`), "size=a must be size=n, size=a..b, size=a.. or size=..b with numbers of characters"},
		{tagged[string](`size=-1`), "size=-1 must be size=n, size=a..b,"},
		{tagged[[]byte](`max=x`), "max=x is not a number of bytes"},
		{tagged[string](`size=5..2`), "the minimum is greater than the maximum"},
		{tagged[int](`min=2,max=1`), "the minimum is greater than the maximum"},
		{tagged[float64](`min=0.2,max=0.1`), "the minimum is greater than the maximum"},
		{tagged[int](`min=1.5`), "min=1.5 is not an integer of 64 bits"},
		{tagged[float64](`min=NaN`), "min=NaN is not a finite number"},
		{tagged[float64](`max=Inf`), "max=Inf is not a finite number"},
		{tagged[float32](`max=1e39`), "max=1e39 is not a finite number"},
		{tagged[bool](`min=1`), "min is for texts, []byte, integers and floats, not for bool"},
		{tagged[string](`decimal=5.2,max=1`), "max is for texts, []byte, integers and floats, not for string"},
		{tagged[float64](`choices=1|2`), "choices is for texts and integers, not for float64"},
		{tagged[int](`choices=1|x`), `the choice "x" is not an integer that int can hold`},
		{tagged[int8](`choices=1|200`), `the choice "200" is not an integer that int8 can hold`},
		{tagged[uint](`choices=-1`), `the choice "-1" is not an integer that uint can hold`},
		{tagged[int](`regex=a`), "regex is for texts, not for int"},
		{tagged[string](`regex=(`), "regex: error parsing regexp: missing closing )"},

		// defaults
		{tagged[valuer](`default=1`), "default cannot be used with a type that has sql.Scanner"},
		{tagged[int64](`key,auto,default=1`), "an auto key cannot have a default"},
		{tagged[int](`default=x`), `default: "x" is not a constant of kind int64`},
		{tagged[int](`default=now`), `default: "now" is not a constant of kind int64`},
		{tagged[string](`default='a` + "\x00'"), "is not a constant of kind text"},
		{tagged[string](`default='` + "\xff'"), "is not a constant of kind text"},
		{tagged[int8](`default=128`), "default=128: int8 cannot hold it"},
		{tagged[uint8](`default=-1`), "default=-1: uint8 cannot hold it"},
		{tagged[uint32](`default=4294967296`), "uint32 cannot hold it"},
		{tagged[float32](`default=1e39`), "is not a constant of kind float32"},
		{tagged[string](`max=1,default=ab`), "default=ab: it is greater than the maximum of the column"},
		{tagged[string](`min=3,default=äö`), "default=äö: it is less than the minimum of the column"},
		{tagged[[]byte](`size=1,default=ü`), "greater than the maximum"},
		{tagged[int](`min=1,default=0`), "less than the minimum"},
		{tagged[float64](`min=0,default=-1`), "less than the minimum"},
		{tagged[float64](`max=0,default=1`), "greater than the maximum"},
		{tagged[uint](`max=9223372036854775807,default=9223372036854775808`), "greater than the maximum"},
		{tagged[string](`choices=a|b,default=c`), "default=c: it is not one of the choices a, b"},
		{tagged[status](`default=maybe`), "it is not one of the choices on, off"},
		{tagged[string](`nonempty,default=`), "it is empty, and the column does not allow that"},
		{tagged[string](`regex=^a$,default=b`), "default=b: it does not match ^a$"},
		{tagged[string](`decimal=4.2,default=123`), "default=123: it does not fit decimal=4.2"},
		{tagged[string](`decimal=4.2,default=1.234`), "it does not fit decimal=4.2"},

		// indexes
		{tagged[[]string](`index`), "a []string cannot be indexed"},
		{tagged[int](`desc`), "desc needs the option index or unique"},
		{tagged[int](`index,unique`), `an index named "b" is declared already`},
		{tagged[int](`unique=x,index=x`), `an index named "x" is declared already`},
		{tagged[int](`unique=x,index=X`), `differ only in case`},
		{tagged[int](`unique=x,unique=x`), `index x: the column "b" appears twice`},
		{blank(`index=x,on='a,a desc'`), `index x: the column "a" appears twice`},
		{tagged[int](`on=a`), "on, include, where, fulltext and language belong on a blank field _, not on a column"},
		{tagged[int](`index='x?'`), `index name: the name "x?" contains a question mark`},
		{tagged[int](`index,language=english`), "on, include, where, fulltext and language belong on a blank field _, not on a column"},
		{blank(`fulltext=c`), `fulltext: there is no column "c"; the columns are a, j, and a weight is A, B, C or D behind one`},
		{blank(`fulltext='j E'`), `there is no column "j E"`},
		{blank(`fulltext=a`), `fulltext: the column "a" is int64; a full-text index is over texts`},
		{blank(`fulltext=j`), `fulltext: the column "j" is json; a full-text index is over texts`},
		{blank(`fulltext=j,language=English`), `"English" cannot be a language`},
		{blank(`fulltext=j,language='a''b'`), `cannot be a language`},
		{blank(`fulltext=j,index`), "index needs a name beside fulltext: index=search"},
		{blank(`fulltext=j,on=a`), "the option on does not belong to a full-text index; use fulltext, language and index"},
		{blank(`x,fulltext=j`), "a blank field declares a full-text index: fulltext='title, body'"},
		{blank(`language=english`), "the option language does not belong on a blank field"},
		{reflect.TypeFor[struct {
			A string   `prom:"key"`
			_ struct{} `prom:"fulltext='a, a'"`
		}](), `index fts: the column "a" appears twice`},
		{reflect.TypeFor[struct {
			A string   `prom:"key"`
			B string   `prom:"index=fts"`
			_ struct{} `prom:"fulltext=a"`
		}](), `an index named "fts" is declared already`},
		{reflect.TypeFor[struct {
			A    string `prom:"key"`
			Rank string
			_    struct{} `prom:"fulltext=rank"`
		}](), `the column "rank" cannot be in a full-text index: SQLite's FTS5 reserves its name`},
		{reflect.TypeFor[struct {
			A string
			_ struct{} `prom:"fulltext=a"`
		}](), "a full-text index needs a table with a primary key"},
		{blank(`index=x`), "a blank field declares an index: index=name (or unique=name), on='a, b desc' and perhaps where='…'"},
		{blank(`on=a`), "a blank field declares an index"},
		{blank(`x,index=x,on=a`), "a blank field declares an index"},
		{tagged[int](`index,include=a`), "on, include, where, fulltext and language belong on a blank field _, not on a column"},
		{blank(`index=x,on='a, lower(c'`), "index x: the raw SQL has an opening ( without its end"},
		{blank(`index=x,on='lower(c))'`), "index x: the raw SQL has a closing ) without its opening ("},
		{blank(`index=x,on='lower(c) ; x'`), "index x: the raw SQL has a semicolon"},
		{blank(`index=x,on='f(''?'', ?)'`), "index x: the raw SQL has a question mark"},
		{blank(`index=x,on=a,include=a`), `index x: include: the column "a" is in the index already`},
		{blank(`index=x,on=a,include='j, j'`), `index x: include: the column "j" is in the index already`},
		{blank(`index=x,on=a,include=c`), `index x: include: there is no column "c"; the columns are a, j`},
		{blank(`index=x,on='a, c'`), `index x: there is no column "c"; the columns are a, j`},
		{blank(`index=x,on='a up'`), `there is no column "a up"`},
		{blank(`index=x,on=''`), "the option on needs a value"},
		{blank(`index=x,on='a,'`), `there is no column ""`},
		{blank(`index=x,on=j`), `the column "j" holds JSON or a list, which a B-tree cannot index`},
		{blank(`index=x,on=a,where='a = ?'`), "index x: where: the raw SQL has a question mark"},
		{blank(`index=x,on=a,where='a > 1) OR (a < 1'`), "index x: where: the raw SQL has a closing ) without"},
		{blank(`index=x,on=a,where='a > $1'`),
			"index x: where: the raw SQL has $1, which an engine would read as a placeholder"},
		{blank(`index=x,unique=y,on=a`), "a blank field can declare only one index"},
		{blank(`index=x,on=a,key`), "the option key does not belong on a blank field; use index or unique, on, include, using, ops, nulls and where"},
		{blank(`index=x,on=a,nulls=not distinct`), "index x: nulls needs the option unique"},
		{blank(`unique=x,on=a,nulls=first`), "index x: nulls=first: write nulls=not distinct"},
		{tagged[*int](`nulls=not distinct`), "nulls needs the option unique"},
		{tagged[*int](`index,nulls=not distinct`), "nulls needs the option unique"},
		{blank(`index=a,on=j`), `an index named "a" is declared already`},
		{blank(`index=A,on=a`), `the indexes "A" and "a" differ only in case, which SQLite ignores`},
		{blank(`index=pkey,on=a`), `the index name "pkey" is the name of PostgreSQL's index for the primary key`},
		{blank(`index=a_seq,on=a`), `the index name "a_seq" is the name of PostgreSQL's index for the primary key`},

		// references and keys
		{struct {
			named
			X int `prom:"key,auto"`
			Y int `prom:"key,auto"`
		}{}, "field Y: X is generated already, and the database generates one column of a key"},
		{tagged[int](`readonly,generated='1'`), "a generated column is readonly by itself; leave readonly out"},
		{tagged[int](`key,auto,readonly`), "a readonly column is written by the database alone; an auto key is generated only"},
		{tagged[time.Time](`readonly,created`), "leave created, updated, version and deleted out"},
		{tagged[time.Time](`readonly,default=now`), "and default=now is made in Go; leave it out"},
		{tagged[int](`key,generated='1'`), "a generated column cannot be part of the primary key"},
		{tagged[int](`generated='1',default=2`), "a generated column has no default; leave default out"},
		{tagged[int](`generated='(1'`), "generated: "},
		{tagged[int](`generated=' '`), "generated needs an expression"},
		{tagged[int](`generated=a + b, c`), "if it belongs to the value of generated"},
		{blank(`view,unique=a`), "view and materialized stand alone on a blank field _"},
		{blank(`materialized,view`), "view and materialized stand alone on a blank field _"},
		{tagged[int](`view`), "view and materialized are for a blank field _"},
		{struct {
			named
			_ struct{} `prom:"view"`
			_ struct{} `prom:"view"`
			X int
		}{}, "the model is said to be one of a view twice"},
		{struct {
			named
			_ struct{} `prom:"view"`
			X int      `prom:"unique"`
		}{}, "leave unique, index and fulltext out"},
		{struct {
			named
			_ struct{} `prom:"view"`
			_ struct{} `prom:"fulltext=x"`
			X string
		}{}, "leave unique, index and fulltext out"},
		{struct {
			named
			_ struct{} `prom:"materialized"`
			X int      `prom:"generated=1"`
		}{}, "leave was and generated out"},
	}
	for _, tt := range tests {
		of := schema.Of
		typ, made := tt.model.(reflect.Type)
		if made {
			of = func(typ reflect.Type) (*schema.Table, error) { return schema.OfNamed(typ, "made") }
		} else {
			typ = reflect.TypeOf(tt.model)
		}
		tbl, err := of(typ)
		if err == nil || tbl != nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "prom: ") {
			t.Errorf("%v: the error does not say %q: %v", typ, tt.want, err)
		}
		if _, again := of(typ); fmt.Sprint(again) != fmt.Sprint(err) {
			t.Errorf("%v: another error at the second time: %v", typ, again)
		}
	}
}

// column is a model with one column.
type column[T any] struct{ B T }

func (column[T]) TableName() string { return "t" }

// tagged returns a model with one column b of that type and tag.
func tagged[T any](tag string) reflect.Type {
	return reflect.StructOf([]reflect.StructField{
		{Name: "B", Type: reflect.TypeFor[T](), Tag: reflect.StructTag(`prom:` + fmt.Sprintf("%q", tag))},
	})
}

// blank returns a model with an auto key a, which has an index, a JSON column j and a blank field with that tag.
func blank(tag string) reflect.Type {
	return reflect.StructOf([]reflect.StructField{
		{Name: "A", Type: reflect.TypeFor[int64](), Tag: `prom:"key,auto,index"`},
		{Name: "J", Type: reflect.TypeFor[json.RawMessage]()},
		{Name: "_", PkgPath: "x", Type: reflect.TypeFor[int](), Tag: reflect.StructTag(`prom:` + fmt.Sprintf("%q", tag))},
	})
}
