// Package shapes has models with fields of every form, and the handles that are generated for them, which its tests
// compare with the columns that the library makes of the models.
package shapes

import (
	"database/sql"
	"encoding/json"
	"net/netip"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/fieldgen/shapes/other"
)

//go:generate go run github.com/prom-go/prom/cmd/promgen -fields -o zz_fields.go

type (
	// Grade, Tag and Mood are named forms of basic types.
	Grade int16
	Tag   string
	Mood  bool
	// Secret has a codec.
	Secret string
	// When is an alias.
	When = time.Time
)

var _ = prom.RegisterCodec(
	func(s Secret) ([]byte, error) { return []byte("#" + s), nil },
	func(b []byte) (Secret, error) { return Secret(b[1:]), nil },
)

// Base is embedded by models, and is none.
type Base struct {
	prom.Model
	Note string
}

// Stamp is embedded too.
type Stamp struct {
	Note string `prom:"stamp_note"`
	By   string
}

// Spot is a part of models, under several names.
type Spot struct {
	Street string
	Door   *int
	Inner  Stamp `prom:"embed=in_"`
}

// Shape has fields of every form.
type Shape struct {
	Base
	Stamp
	other.Trace `prom:"-"`
	//lint:ignore U1000 a field that is not exported is no column
	hidden  int
	Skipped int `prom:"-"`

	Flag    bool
	Mood    Mood
	Small   int8
	Grade   Grade
	Count   int
	Big     uint64
	Ratio   float64
	Name    string `prom:"size=..50"`
	Tag     Tag
	Raw     []byte
	At      time.Time
	Moment  When
	Day     time.Time     `prom:"date"`
	Clock   time.Duration `prom:"clock"`
	Length  time.Duration
	Price   string `prom:"decimal=12.2"`
	Text    string `prom:"uuid"`
	UUID    prom.UUID
	Secret  Secret
	Level   other.Level `prom:"type=int"`
	Addr    netip.Addr
	During  prom.Range[time.Time]
	Counts  *prom.Range[int]
	Gaps    prom.MultiRange[int64]
	Forced  Tag `prom:"json"`
	Doc     json.RawMessage
	Span    other.Span
	Free    map[string]int
	Any     any
	Inline  struct{ X, Y int }
	Matrix  [][]int
	Tags    []Tag
	Times   []time.Time
	IDs     []prom.UUID
	Secrets []Secret
	Maybes  []*Tag
	Nulls   []sql.Null[int]
	Spans   []prom.TimeOrInfinity
	Until   prom.TimeOrInfinity
	UntilP  *prom.TimeOrInfinity
	Grid    [][]int         `prom:"array"`
	GridP   *[][]*Tag       `prom:"array"`
	Cube    [][][]prom.UUID `prom:"array"`
	Plain   []string        `prom:"array"`
	Bins    [][]byte

	FlagP   *bool
	GradeP  *Grade
	NameP   *string
	AtP     *time.Time
	PriceP  *string `prom:"decimal=12.2"`
	SpanP   *other.Span
	TagsP   *[]Tag
	SecretP *Secret

	FlagN   sql.Null[bool]
	CountN  sql.Null[int]
	NameN   sql.Null[string]
	AtN     sql.Null[time.Time]
	UUIDN   sql.Null[prom.UUID]
	OldNull sql.NullString
	DocN    sql.Null[map[string]int]

	Owner    prom.Ref[Owner] `prom:"owner_id"`
	Second   *prom.Ref[Owner]
	Third    sql.Null[prom.Ref[Owner]]
	Country  *prom.RefBy[Country, string]
	Shop     int64
	Number   int64
	Slot     prom.CompositeRef[Slot] `prom:"on='shop, number'"`
	Parts    prom.Many[Part]
	Labels   prom.ManyToMany[Label, Labeled]
	Likes    int `prom:"computed"`
	Proto    string
	Computed *bool `prom:"computed"`

	Home Spot  `prom:"embed=home_"`
	Work Spot  `prom:"embed=work_"`
	Sign Stamp `prom:"embed=sign_"`
}

// Owner has a key of its own, and is known by references.
type Owner struct {
	ID   int64 `prom:"key,auto"`
	Name string
}

// Country is known by references.
type Country struct {
	Code string `prom:"key"`
}

// Slot has a key of several columns.
type Slot struct {
	Shop   int64 `prom:"key"`
	Number int64 `prom:"key"`
	Shapes prom.Many[Shape]
}

// Part belongs to a shape.
type Part struct {
	prom.UUIDModel
	Shape prom.Ref[Shape]
	other.Trace
}

// Label is tied to shapes by Labeled.
type Label struct {
	prom.Model
	Text string
}

// Labeled is a join model.
type Labeled struct {
	Shape prom.Ref[Shape] `prom:"key"`
	Label prom.Ref[Label] `prom:"key"`
}

// String, Type, Time and URLPart have names whose small form is taken.
type (
	// String is no model but for its repo.
	String struct{ Value string }
	// Type would be a keyword.
	Type struct{ prom.Model }
	// Time is what a package is called.
	Time struct{ prom.Model }
	// URLPart begins with capitals.
	URLPart struct{ prom.Model }
	// plain is not exported.
	plain struct{ prom.Model }
)

// NoModel has neither a repo nor a key.
type NoModel struct{ A int }

// Service has a repo.
type Service struct{ *prom.Repo[String] }

// published is built of handles that are written by the generator, in a package variable.
var published = shape.Grade.Gte(3)

func plains() *prom.Repo[plain] { return prom.NewRepo[plain]() }
