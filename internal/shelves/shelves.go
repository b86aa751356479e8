// Package shelves has the models of a program as it grows, for tests of migrations.
package shelves

import (
	"time"

	"github.com/prom-go/prom"
)

// Mood is an enum, which gets a value later.
type Mood string

// Values are the moods of the first version.
func (Mood) Values() []Mood { return []Mood{"calm", "wild"} }

// LaterMood is Mood with a value more.
type LaterMood string

// Values are the moods of the second version.
func (LaterMood) Values() []LaterMood { return []LaterMood{"calm", "odd", "wild"} }

type (
	author1 struct {
		ID    int64 `prom:"key,auto"`
		Name  string
		Email *string
	}
	book1 struct {
		ID     int64             `prom:"key,auto"`
		Author prom.Ref[author1] `prom:"author_id,index"`
		Title  string            `prom:"index"`
		Pages  int32
		Mood   Mood `prom:"enum=mood,default=calm"`
		ISBN   string
	}
)

func (author1) TableName() string { return "author" }
func (book1) TableName() string   { return "book" }

// The second version has a new table, new columns, one of which rows have no value for, a column with another name and
// one with another type, a value more of the enum, an index, a unique index, a CHECK, and a column that is NOT NULL.
type (
	author2 struct {
		ID    int64  `prom:"key,auto"`
		Name  string `prom:"size=1..100,index"`
		Email string `prom:"unique"`
	}
	book2 struct {
		ID     int64             `prom:"key,auto"`
		Author prom.Ref[author2] `prom:"author_id,index,ondelete=restrict"`
		Name   string            `prom:"index,was=title"`
		Pages  int64
		Mood   LaterMood          `prom:"enum=mood,default=odd"`
		Editor *prom.Ref[author2] `prom:"editor_id"`
		Year   int32              `prom:"default=2000"`
		Lang   string
		ISBN   string
		_      struct{} `prom:"unique=name_year,on='name, year desc'"`
	}
	review2 struct {
		ID   int64           `prom:"key,auto"`
		Book prom.Ref[book2] `prom:"book_id,index"`
		Text string
		At   time.Time `prom:"index"`
	}
)

func (author2) TableName() string { return "author" }
func (book2) TableName() string   { return "book" }
func (review2) TableName() string { return "review" }

// The third version has no ISBN and no pages any more, a table with another name, another default, and an index with
// other columns.
type (
	author3 struct {
		ID    int64   `prom:"key,auto"`
		Name  string  `prom:"size=1..200,index"`
		Email *string `prom:"unique"`
	}
	book3 struct {
		ID     int64              `prom:"key,auto"`
		Author prom.Ref[author3]  `prom:"author_id,index"`
		Name   string             `prom:"index"`
		Mood   LaterMood          `prom:"enum=mood,default=wild"`
		Editor *prom.Ref[author3] `prom:"editor_id"`
		Year   int32
		Lang   string   `prom:"nocase"`
		_      struct{} `prom:"unique=name_year,on='name, year, lang'"`
	}
	opinion3 struct {
		ID   int64           `prom:"key,auto"`
		Book prom.Ref[book3] `prom:"book_id,index"`
		Text string
		When time.Time `prom:"index,was=at"`
		_    struct{}  `prom:"was=review"`
	}
)

func (author3) TableName() string  { return "author" }
func (book3) TableName() string    { return "book" }
func (opinion3) TableName() string { return "opinion" }

// The fourth version has one table left.
type author4 struct {
	ID    int64   `prom:"key,auto"`
	Name  string  `prom:"size=1..200,index"`
	Email *string `prom:"unique"`
}

func (author4) TableName() string { return "author" }

// Versions are the models of each version.
func Versions(options ...prom.RepoOption) [][]prom.AnyRepo {
	return [][]prom.AnyRepo{
		{prom.NewRepo[book1](options...), prom.NewRepo[author1](options...)},
		{prom.NewRepo[review2](options...), prom.NewRepo[book2](options...), prom.NewRepo[author2](options...)},
		{prom.NewRepo[author3](options...), prom.NewRepo[book3](options...), prom.NewRepo[opinion3](options...)},
		{prom.NewRepo[author4](options...)},
	}
}

// The models of branches: the base, a column more, another column more, both, and the first column otherwise.
type (
	shelf0 struct {
		ID   int64 `prom:"key,auto"`
		Name string
		Row  int
	}
	shelf1 struct {
		ID   int64 `prom:"key,auto"`
		Name string
		Row  int
		ISBN string
	}
	shelf2 struct {
		ID   int64 `prom:"key,auto"`
		Name string
		Row  int
		Size int
	}
	shelf3 struct {
		ID   int64 `prom:"key,auto"`
		Name string
		Row  int
		ISBN string
		Size int
	}
	shelf4 struct {
		ID   int64 `prom:"key,auto"`
		Name string
		Row  int
		ISBN *string
	}
)

func (shelf0) TableName() string { return "shelf" }
func (shelf1) TableName() string { return "shelf" }
func (shelf2) TableName() string { return "shelf" }
func (shelf3) TableName() string { return "shelf" }
func (shelf4) TableName() string { return "shelf" }

// Branches are the models of branches.
func Branches() []prom.AnyRepo {
	return []prom.AnyRepo{prom.NewRepo[shelf0](), prom.NewRepo[shelf1](), prom.NewRepo[shelf2](), prom.NewRepo[shelf3](),
		prom.NewRepo[shelf4]()}
}
