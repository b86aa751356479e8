// Package addresses has handles that are made of addresses in other structs than the prototype.
package addresses

import (
	"database/sql"
	"time"

	"github.com/prom-go/prom"
	"shop.test/lookalike"
	"shop.test/models"
)

type Address struct{ Street, City string }

type Book struct {
	prom.Model
	Title, Author string
	Sub           *string
	Pages         int
	Read          *time.Time
	Sold          sql.Null[int]
	Printed       Address
	Marks         [3]string
	Tags          []string
	Next          *Book
	Publisher     *Publisher `prom:"json"`
	Shelves       prom.Many[Shelf]
}

type Publisher struct{ Name, Town string }

type Shelf struct {
	prom.Model
	Name string
	Book prom.Ref[Book]
	Size int
}

// Reading is a Book of which another name is known.
type Reading Book

type total struct {
	Title string
	Pages int
	More  struct{ Most int }
}

var (
	book  = prom.Proto[Book]()
	other = &Book{}
	third = new(Book)
	again = prom.Proto[Book]()
	alias = book
	shelf = prom.Proto[Shelf]()
	value Book
	title string

	bookPages = prom.NumberOf(book, &book.Pages)
	shelfSize = prom.NumberOf(shelf, &shelf.Size)
)

var (
	_ = prom.TextOf(book, &other.Title)              // want `&other.Title is no address of a field of book, the prototype that TextOf is given`
	_ = prom.TextOf(book, &third.Title)              // want `&third.Title is no address of a field of book`
	_ = prom.TextOf(book, &value.Title)              // want `&value.Title is no address of a field of book`
	_ = prom.TextOf(book, &title)                    // want `&title is no address of a field of book`
	_ = prom.TextOf(book, &shelf.Name)               // want `&shelf.Name is no address of a field of book`
	_ = prom.NumberOf(book, (&shelf.Size))           // want `&shelf.Size is no address of a field of book`
	_ = prom.TextOf(shelf, &book.Title)              // want `&book.Title is no address of a field of shelf`
	_ = prom.NullTextOf(shelf, &book.Sub)            // want `&book.Sub is no address of a field of shelf`
	_ = prom.NullTimeOf(shelf, &book.Read)           // want `&book.Read is no address`
	_ = prom.SQLNullNumberOf(shelf, &book.Sold)      // want `&book.Sold is no address`
	_ = prom.ManyOf(shelf, &book.Shelves)            // want `&book.Shelves is no address of a field of shelf, the prototype that ManyOf is given`
	_ = prom.RefOf(book, &shelf.Book)                // want `&shelf.Book is no address`
	_ = prom.OrderedOf(book, &shelf.ID)              // want `&shelf.ID is no address`
	_ = prom.TextOf(book, &models.P.Title)           // want `&models.P.Title is no address of a field of book`
	_ = prom.TextOf(models.P, &models.A.Name)        // want `&models.A.Name is no address of a field of models.P`
	_ = prom.TextOf(models.P, &models.Draft.Title)   // want `&models.Draft.Title is no address of a field of models.P`
	_ = prom.TextOf(book, &(*shelf).Name)            // want `is no address`
	_ = prom.TextOf(book, &(&Book{}).Title)          // want `is no address`
	_ = prom.TextOf(book, &prom.Proto[Shelf]().Name) // want `is no address`
	_ = prom.TextOf(book, &again.Publisher.Name)     // want `&again.Publisher.Name is no address of a field of book`
)

func selects(q *prom.Query[Book]) {
	result, book := prom.Proto[total](), prom.Proto[Shelf]()
	var mine total
	_ = prom.Select(q, result, prom.Col(&mine.Pages, bookPages)) // want `&mine.Pages is no address of a field of result, the prototype that Select is given`
	_ = prom.Select(q, result,
		prom.Col(&result.Pages, bookPages),
		prom.Col(&book.Size, bookPages), // want `&book.Size is no address of a field of result`
	)
	_ = prom.Select(q, result, prom.Col(&result.Pages, bookPages), prom.Col(&result.More.Most, bookPages))
	_ = prom.Select(q, prom.Proto[total](), prom.Col(&result.Pages, bookPages))
}

// What may be an address in the prototype is left alone.
var (
	_ = prom.TextOf(book, &book.Title)
	_ = prom.TextOf(book, &again.Title)
	_ = prom.TextOf(book, &alias.Title)
	_ = prom.TextOf(prom.Proto[Book](), &book.Title)
	_ = prom.OrderedOf(book, &book.ID)
	_ = prom.OrderedOf(book, &book.Model.ID)
	_ = prom.TextOf((book), &(*book).Title)
	_ = prom.TextOf(models.P, &models.P.Title)
	_ = lookalike.TextOf(book, &value.Title)
)

func quiet(given *Book, field *string, pick func() *Book) {
	_ = prom.TextOf(book, &given.Title)
	_ = prom.TextOf(book, field)
	_ = prom.TextOf(book, &pick().Title)
	_ = prom.TextOf(book, &(*Reading)(book).Title)
	_ = prom.TextOf(book, &book.Publisher.Name) // the program says so when it starts
	_ = prom.TextOf(book, &book.Next.Title)
	_ = prom.TextOf(book, &book.Tags[0])
	_ = prom.TextOf(book, &book.Marks[0])
	_ = prom.TextOf(&value, &value.Title)

	printed := &book.Printed
	_ = prom.TextOf(book, &printed.City)
	changed := &Book{}
	changed = book
	_ = prom.TextOf(book, &changed.Title)
	set := new(Book)
	assign(&set)
	_ = prom.TextOf(book, &set.Title)
}

type Holder struct{ *Publisher }

// Shared is one that other packages may have set to the prototype, and so is what holder embeds.
var Shared = &Book{}

var (
	publisher = prom.Proto[Publisher]()
	holder    = &Holder{publisher}

	_ = prom.TextOf(book, &Shared.Title)
	_ = prom.TextOf(publisher, &holder.Name)
	_ = prom.TextOf(publisher, &holder.Publisher.Name)
)

func assign(b **Book) { *b = book }

type titled interface{ *Book | *Shelf }

func generic[T any, P titled](of *T, one P, name *string) {
	_ = prom.FieldOf(of, name)
	_ = prom.FieldOf(one, &shelf.Name)
	_ = prom.FieldOf(of, &shelf.Name)
}
