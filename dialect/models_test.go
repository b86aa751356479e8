package dialect_test

import (
	"database/sql"
	"encoding/json"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// base stands for prom.Model.
type base struct {
	ID      int64     `prom:"_id,key,auto"`
	Created time.Time `prom:"_created,created"`
	Updated time.Time `prom:"_updated,updated"`
	tracker schema.Tracker
}

var _, _ = base{}.tracker, everyKind{}.private // fields that are no columns

type color string

func (color) Values() []color { return []color{"red", "green"} }

type everyKind struct {
	base
	Bool    bool
	I8      int8
	I16     int16
	U8      uint8
	I32     int32
	U16     uint16
	I64     int64
	Int     int
	U32     uint32
	U64     uint64
	Uint    uint
	F32     float32
	F64     float64
	Text    string
	NoCase  string `prom:"nocase"`
	Bytes   []byte
	Decimal string `prom:"decimal=12.2"`
	Time    time.Time
	Date    time.Time     `prom:"date"`
	Clock   time.Duration `prom:"clock"`
	UUID    uuid.UUID
	UUIDStr string `prom:"uuid"`
	JSON    map[string]any
	Raw     json.RawMessage
	List    []string
	Days    []time.Time `prom:"date"`
	Small   []int16
	Prices  []string `prom:"decimal=12.2"`
	Words   []string `prom:"json"`
	Any     any
	Color   color
	Chosen  string `prom:"choices=a|b,regex=^[ab]$,nonempty,private"`
	private int
	Skipped chan int `prom:"-"`
}

type everyNull struct {
	ID      *string `prom:"identifier"` // no primary key
	Bool    *bool
	Int     sql.NullInt64
	U64     *uint64
	F64     sql.Null[float64]
	Text    sql.NullString
	NoCase  *string `prom:"nocase"`
	Bytes   sql.Null[[]byte]
	Decimal *string        `prom:"decimal=5.0"`
	Time    *time.Time     `prom:"index=at,desc"`
	Date    *time.Time     `prom:"date"`
	Clock   *time.Duration `prom:"clock"`
	UUID    *uuid.UUID
	JSON    *map[string]any
}

type constants struct {
	base
	True    bool          `prom:"default=true"`
	False   *bool         `prom:"default=false"`
	Least   int64         `prom:"default=-9223372036854775808"`
	Small   int16         `prom:"default=-32768"`
	Most    uint64        `prom:"default=9223372036854775807"`
	F32     float32       `prom:"default=0.1"`
	F64     float64       `prom:"default=-1e300"`
	Tiny    float64       `prom:"default=5e-324"`
	Inf     float64       `prom:"default=+Inf"`
	NegInf  *float64      `prom:"default=-Inf"`
	Zero    float64       `prom:"default=-0"`
	Empty   string        `prom:"default="`
	Bytes   []byte        `prom:"default='\\x00'"`
	Decimal string        `prom:"decimal=12.2,default=-0012.5"`
	Time    time.Time     `prom:"default=2020-02-29T23:30:00.5+01:00"`
	Date    time.Time     `prom:"date,default=2020-02-29"`
	Clock   time.Duration `prom:"clock,default=23:59:59.999999"`
	UUID    string        `prom:"uuid,default=F47AC10B-58CC-4372-A567-0E02B2C3D479"`
	JSON    []string      `prom:"default='[\"it''s\", \"a\\\\b\"]'"`
	Now     time.Time     `prom:"default=now"`
	Random  uuid.UUID     `prom:"default=uuid"`
	Color   color         `prom:"default=red"`
}

type hostileDefaults struct {
	base
	Quote     string `prom:"default='it''s'"`
	Double    string `prom:"default=say \"hi\""`
	Backslash string `prom:"default=\\"`
	Both      string `prom:"default='\\'''"`
	Newline   string `prom:"default='a\nb\tc\r'"`
	Dollar    string `prom:"default=$tag$ $1 $$"`
	Question  string `prom:"default=what? ?? ?1"`
	Comment   string `prom:"default=/* -- */ # "`
	Stacked   string `prom:"default='''); DROP TABLE \"hostile_defaults\"; --'"`
	Escapes   string `prom:"default='\\n\\x41\\u0041'"`
	Percent   string `prom:"default=%s %d %"`
	Emoji     string `prom:"default=😀 é"`
	Bytes     []byte `prom:"default='''\\\"'"`
	JSON      any    `prom:"default='{\"a''b\": \"\\\\\\\\ ?\"}'"`
}

type limits struct {
	base
	Range    string   `prom:"size=2..5"`
	Exact    string   `prom:"size=3"`
	AtLeast  string   `prom:"min=2"`
	AtMost   string   `prom:"max=5"`
	Bytes    []byte   `prom:"size=1..4"`
	Null     *string  `prom:"size=1..2"`
	Folded   string   `prom:"nocase,max=5"`
	Int      int      `prom:"min=-5,max=5"`
	IntMin   int8     `prom:"min=1"`
	Uint     uint64   `prom:"max=10"`
	UintMin  *uint    `prom:"min=3"`
	F64      float64  `prom:"min=-0.5,max=1.5"`
	F32      *float32 `prom:"max=0.1"`
	Reserved string   `prom:"name=check,min=1"`
}

type (
	onlyKey struct {
		ID int64 `prom:"key,auto"`
	}
	smallKey struct {
		ID int8 `prom:"key,auto"`
		X  int
	}
	mediumKey struct {
		ID int32 `prom:"key,auto"`
		X  int
	}
	plainKey struct {
		ID int `prom:"key"`
		X  *int
	}
	textKey struct {
		Code string `prom:"key"`
		X    *int
	}
	foldedKey struct {
		Code string `prom:"key,nocase"`
		X    *int
	}
	uuidKey struct {
		ID uuid.UUID `prom:"key,auto"`
		X  *int
	}
	uintKey struct {
		ID uint64 `prom:"key"`
	}
	decimalKey struct {
		ID string `prom:"key,decimal=8.3"`
	}
	pairKey struct {
		B string `prom:"key"`
		A int    `prom:"key"`
		X *int
	}
	refKey struct {
		ID  prom.Ref[author] `prom:"author_id,key"`
		Bio string
	}
)

type author struct {
	base
	Name string `prom:"size=1..100,unique"`
}

type post struct {
	base
	Author prom.Ref[author]              `prom:"author_id,index"`
	Editor *prom.Ref[author]             `prom:"editor_id"`
	Tag    prom.RefBy[foldedKey, string] `prom:"nocase"`
	Device sql.Null[prom.RefBy[uuidKey, uuid.UUID]]
	Plain  *prom.RefBy[plainKey, int] `prom:"default=7"`
}

type node struct {
	base
	Parent *prom.Ref[node]
}

type chicken struct {
	base
	Egg *prom.Ref[egg]
}

type egg struct {
	base
	Chicken prom.Ref[chicken]
}

type indexed struct {
	base
	A int     `prom:"unique"`
	B *int    `prom:"index"`
	C string  `prom:"index=cd"`
	D string  `prom:"index=cd,unique=de,desc"`
	E float64 `prom:"unique=de"`
	F string  `prom:"unique,nocase"`
	_ int     `prom:"index=recent,on='_created desc, a asc, b',where='\"b\" IS NOT NULL'"`
	_ int     `prom:"unique=live,on=c,where='\"d\" <> '''''"`
}

type hostileNames struct {
	ID       int64       `prom:"name=select,key,auto"`
	Quote    string      `prom:"name='qu\"o\"\"te',unique,size=1..3"`
	Single   string      `prom:"name='it''s',default=x"`
	Space    string      `prom:"name=' a b ',index"`
	Capital  string      `prom:"name=CamelCase,min=1"`
	Digit    int         `prom:"name=1st,max=5"`
	Semi     string      `prom:"name='; DROP TABLE x; --'"`
	Dollar   string      `prom:"name=$1"`
	Emoji    string      `prom:"name=😀"`
	Umlaut   string      `prom:"name=Größe"`
	Slash    string      `prom:"name='back\\slash'"`
	Newline  string      `prom:"name='new\nline'"`
	Long     string      `prom:"name=c23456789012345678901234567890123456789012345678901234567890123,unique,size=1..9"`
	Brackets []byte      `prom:"name=[x],size=1..2"`
	Parent   *hostileRef `prom:"name=references"`
	_        struct{}    `prom:"index='we\"ird',on='select desc, ; DROP TABLE x; --'"`
}

type hostileRef = prom.Ref[hostileNames]

func (hostileNames) TableName() string { return `group"by; -- Ünïcode` }

// models are the tables of the golden files, by the files' names, targets of references before those that refer to
// them. marked is deleted softly, and has a version.
type marked struct {
	base
	A       int        `prom:"unique"`
	B       int        `prom:"unique=bc,index"`
	C       string     `prom:"unique=bc"`
	Gone    *time.Time `prom:"gone at,deleted"`
	Version int32      `prom:"version"`
	_       int        `prom:"unique=some,on=c,where='\"b\" > 3 OR \"b\" IS NULL'"`
}

// computed has columns that the database fills.
type computed struct {
	base
	A     int     `prom:"readonly"`
	B     *string `prom:"readonly,default=x"`
	Sum   int     `prom:"generated='a + 1',min=0,index"`
	Lower *string `prom:"generated=lower(b),nocase"`
}

// overView refers to a view, which no foreign key can.
type overView struct {
	ID   int64 `prom:"key,auto"`
	View prom.Ref[aView]
	Node *prom.Ref[node]
}

type aView struct {
	_  struct{} `prom:"view"`
	ID int64    `prom:"key"`
}

var models = []struct {
	name string
	typ  reflect.Type
}{
	{"every_kind", reflect.TypeFor[everyKind]()},
	{"every_null", reflect.TypeFor[everyNull]()},
	{"constants", reflect.TypeFor[constants]()},
	{"hostile_defaults", reflect.TypeFor[hostileDefaults]()},
	{"limits", reflect.TypeFor[limits]()},
	{"only_key", reflect.TypeFor[onlyKey]()},
	{"small_key", reflect.TypeFor[smallKey]()},
	{"medium_key", reflect.TypeFor[mediumKey]()},
	{"plain_key", reflect.TypeFor[plainKey]()},
	{"text_key", reflect.TypeFor[textKey]()},
	{"folded_key", reflect.TypeFor[foldedKey]()},
	{"uuid_key", reflect.TypeFor[uuidKey]()},
	{"uint_key", reflect.TypeFor[uintKey]()},
	{"decimal_key", reflect.TypeFor[decimalKey]()},
	{"pair_key", reflect.TypeFor[pairKey]()},
	{"author", reflect.TypeFor[author]()},
	{"ref_key", reflect.TypeFor[refKey]()},
	{"post", reflect.TypeFor[post]()},
	{"node", reflect.TypeFor[node]()},
	{"chicken", reflect.TypeFor[chicken]()},
	{"egg", reflect.TypeFor[egg]()},
	{"indexed", reflect.TypeFor[indexed]()},
	{"marked", reflect.TypeFor[marked]()},
	{"computed", reflect.TypeFor[computed]()},
	{"over_view", reflect.TypeFor[overView]()},
	{"hostile_names", reflect.TypeFor[hostileNames]()},
}
