package transfer_test

import (
	"time"

	"github.com/prom-go/prom"
)

// BlogAuthor is the model of a table of prom for Python.
type BlogAuthor struct {
	prom.Model         // _id, _created and _updated, at the end
	Name       string  `prom:"unique,max=100"` // Field(str, True, unique=True, max_size=100)
	Nick       *string `prom:"nocase"`         // Field(str, ignore_case=True)
}

// TableName returns the name that the class Author has in the module blog.models.
func (BlogAuthor) TableName() string { return "blog_models_author" }

// BlogPost is the model of a table of prom for Python that refers to the other.
type BlogPost struct {
	prom.Model
	Author prom.Ref[BlogAuthor]  `prom:"author_id,unique=slug"`   // Field(Author, True); slug = Index("author_id", "title", unique=True)
	Editor *prom.Ref[BlogAuthor] `prom:"editor_id"`               // Field(Author)
	Title  string                `prom:"size=1..200,unique=slug"` // Field(str, True, min_size=1, max_size=200)
	Views  int32                 // Field(int, True)
	Stars  *int16                // Field(int, max_size=100)
	Hits   *int64                // Field(int, max_size=9223372036854775807)
	Big    *string               `prom:"decimal=20.0"` // Field(int, precision=20)
	Score  *float64              // Field(float)
	Price  *string               `prom:"decimal=12.2"` // Field(Decimal, precision=12, scale=2)
	Live   bool                  // Field(bool, True)
	Day    *time.Time            `prom:"date"`  // Field(date)
	At     *time.Time            `prom:"index"` // Field(datetime, index=True)
	Meta   *map[string]any       // Field(dict)
	Raw    *[]byte               // Field(bytes), and the bytes that a list, a set or an object was pickled to
	Token  *prom.UUID            // Field(UUID)
	Status *BlogStatus           // Field(Status), an Enum of integers
}

// TableName returns the name that the class Post has in the module blog.models.
func (BlogPost) TableName() string { return "blog_models_post" }

// BlogStatus is the Enum Status.
type BlogStatus int

// Values returns the members of the Enum.
func (BlogStatus) Values() []BlogStatus { return []BlogStatus{1, 2, 3} }
