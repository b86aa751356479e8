// Keys looks rows up by keys of all sorts. A test of package promvet runs it: it prints the number of each line whose
// key is refused, and these must be the lines that the analyzer reports, and those that say why it cannot tell.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"time"

	"github.com/prom-go/prom"
	"shop.test/lookalike"
	"shop.test/models"
)

type (
	// Book has the key of a Model, and Coin that of a UUIDModel.
	Book struct {
		prom.Model
		Title  string
		Author prom.Ref[models.Author]
	}
	Coin struct {
		prom.UUIDModel
		Face string
	}

	Country struct {
		Code string `prom:"key,size=2"`
		Name string
	}
	Small struct {
		Number uint8 `prom:"key"`
	}
	Hash struct {
		Sum []byte `prom:"key"`
	}
	Day struct {
		At time.Time `prom:"key,date"`
	}
	Flag struct {
		On bool `prom:"lit,key"`
	}
	Ticket struct {
		ID string `prom:"key,uuid"`
	}
	Host struct {
		Addr netip.Addr `prom:" key "`
	}
	Price struct {
		Amount string `prom:"name=key,key,decimal=12.2"`
	}
	Visit struct {
		ID ID `prom:"key,default='1'"`
	}
	ID int
	// Grade's key converts itself.
	Grade struct {
		Letter letter `prom:"key"`
	}

	// The keys of these have several columns, which come in the order of the table: those of an embedded Model last.
	Line struct {
		Shop   int64                       `prom:"key"`
		Number string                      `prom:"no,key,regex='^[a-z,]+$'"`
		Coin   prom.RefBy[Coin, prom.UUID] `prom:"key"`
		Note   string                      `prom:"note,regex='^it''s,key,'"`
	}
	Shelved struct {
		Placed
		Row  string `prom:"key"`
		Skip int64  `prom:"-"`
		skip int64
		_    struct{} `prom:"index=key,on=row"`
	}
	Placed struct {
		Room int16 `prom:"key"`
	}
	Tracked struct {
		prom.UUIDModel
		Tenant string `prom:"key"`
	}

	// Note has no key.
	Note struct{ Text string }

	// Of has the key that its argument says.
	Of[K comparable] struct {
		ID K `prom:"key"`
	}
)

func (Of[K]) TableName() string { return "of" }

type letter struct{ s string }

func (l *letter) Scan(src any) error { l.s = src.(string); return nil }

// UnmarshalText and MarshalText make it a column of text.
func (l *letter) UnmarshalText(b []byte) error { l.s = string(b); return nil }
func (l letter) MarshalText() ([]byte, error)  { return []byte(l.s), nil }

var (
	books     = prom.NewRepo[Book]()
	coins     = prom.NewRepo[Coin]()
	countries = prom.NewRepo[Country]()
	smalls    = prom.NewRepo[Small]()
	hashes    = prom.NewRepo[Hash]()
	days      = prom.NewRepo[Day]()
	flags     = prom.NewRepo[Flag]()
	tickets   = prom.NewRepo[Ticket]()
	hosts     = prom.NewRepo[Host]()
	prices    = prom.NewRepo[Price]()
	visits    = prom.NewRepo[Visit]()
	grades    = prom.NewRepo[Grade]()
	lines     = prom.NewRepo[Line]()
	shelved   = prom.NewRepo[Shelved]()
	tracked   = prom.NewRepo[Tracked]()
	notes     = prom.NewRepo[Note]()
	ofIDs     = prom.NewRepo[Of[ID]]()

	id   int64 = 5
	text       = "5"
	uuid       = prom.NewUUID()
)

func main() {
	ctx := context.Background()

	check(books.Get(ctx, 5))
	check(books.Get(ctx, id))
	check(books.Get(ctx, int8(5)))
	check(books.Get(ctx, uint64(5)))
	check(books.Get(ctx, ID(5)))
	check(books.Get(ctx, 5.0))
	check(books.Get(ctx, float32(5)))
	check(books.Get(ctx, 'a'))
	check(books.Get(ctx, &id))
	check(books.Get(ctx, time.Second))
	check(books.Get(ctx, any(5)))
	check(books.Get(ctx, Book{}.Author.Key()))
	check(books.Get(ctx, 5.5))                                // refused: the value has a fraction
	check(books.Get(ctx, any("5")))                           // refused: of type any
	check(books.Get(ctx, (*int64)(nil)))                      // refused: the pointer is nil
	check(books.Get(ctx, number{5}.value()))                  // refused: an interface
	check(books.Get(ctx, "5"))                                // want `the key ID of Book has type int64, and string does not convert to it`
	check(books.Get(ctx, text))                               // want `and string does not convert to it`
	check(books.Get(ctx, nil))                                // want `the key is nil`
	check(books.Get(ctx, true))                               // want `and bool does not convert to it`
	check(books.Get(ctx, id == 5))                            // want `and bool does not convert to it`
	check(books.Get(ctx, uuid))                               // want `and prom.UUID does not convert to it`
	check(books.Get(ctx, time.Now()))                         // want `and time.Time does not convert to it`
	check(books.Get(ctx, []int64{5}))                         // want `and \[\]int64 does not convert to it`
	check(books.Get(ctx, 5i))                                 // want `and complex128 does not convert to it`
	check(books.Get(ctx, new(5)))                             // want `and \*int does not convert to it: give what it points to`
	check(books.Get(ctx, new("5")))                           // want `and \*string does not convert to it$`
	check(books.Get(ctx, Book{}.Author))                      // want `and prom.Ref\[models.Author\] does not convert to it: give its Key\(\)`
	check(books.Get(ctx, Book{}))                             // want `and Book does not convert to it`
	check(books.Get(ctx, &Book{}))                            // want `and \*Book does not convert to it$`
	check(books.Get(ctx, sql.Null[int64]{V: 5, Valid: true})) // want `and sql.Null\[int64\] does not convert to it`
	check(books.Get(ctx))                                     // want `the key of Book is ID int64, and Get is given 0 values`
	check(books.Get(ctx, 5, 6))                               // want `the key of Book is ID int64, and Get is given 2 values`
	check(books.Get(ctx, "5", id, nil))                       // want `and Get is given 3 values`
	check(books.On("stats").Get(ctx, 5))
	check(books.On("stats").Get(ctx, text)) // want `and string does not convert to it`

	check(coins.Get(ctx, uuid))
	check(coins.Get(ctx, &uuid))
	check(coins.Get(ctx, [16]byte(uuid)))
	check(coins.Get(ctx, otherUUID(uuid)))
	check(coins.Get(ctx, uuid.String())) // want `the key ID of Coin has type prom.UUID, and string does not convert to it`
	check(coins.Get(ctx, 5))             // want `and int does not convert to it`
	check(coins.Get(ctx, uuid[:]))       // want `and \[\]byte does not convert to it`
	check(coins.Get(ctx, [15]byte{}))    // want `and \[15\]byte does not convert to it`
	check(coins.Get(ctx, [16]int8{}))    // want `and \[16\]int8 does not convert to it`

	check(countries.Get(ctx, "FR"))
	check(countries.Get(ctx, name("FR")))
	check(countries.Get(ctx, strconv.Itoa(5)))
	check(countries.Get(ctx, "\x00"))           // refused: the value
	check(countries.Get(ctx, 5))                // want `the key Code of Country has type string, and int does not convert to it`
	check(countries.Get(ctx, []byte("FR")))     // want `and \[\]byte does not convert to it`
	check(countries.Get(ctx, 'F'))              // want `and rune does not convert to it`
	check(countries.Get(ctx, errors.New("FR"))) // refused: an interface
	check(smalls.Get(ctx, 5))
	check(smalls.Get(ctx, 5.0))
	check(smalls.Get(ctx, -5))  // refused: the value
	check(smalls.Get(ctx, 256)) // refused: the value
	check(smalls.Get(ctx, "5")) // want `the key Number of Small has type uint8, and string does`
	check(hashes.Get(ctx, []byte("x")))
	check(hashes.Get(ctx, bytes("x")))
	check(hashes.Get(ctx, "x"))       // want `the key Sum of Hash has type \[\]byte, and string does`
	check(hashes.Get(ctx, [1]byte{})) // want `and \[1\]byte does`
	check(days.Get(ctx, time.Now()))
	check(days.Get(ctx, moment(time.Now())))
	check(days.Get(ctx, "2024-01-01")) // want `the key At of Day has type time.Time, and string does`
	check(days.Get(ctx, time.Hour))    // want `and time.Duration does`
	check(flags.Get(ctx, true))
	check(flags.Get(ctx, id == 5))
	check(flags.Get(ctx, 1)) // want `the key On of Flag has type bool, and int does`
	check(tickets.Get(ctx, uuid.String()))
	check(tickets.Get(ctx, "x"))  // refused: the value
	check(tickets.Get(ctx, uuid)) // want `the key ID of Ticket has type string, and prom.UUID does`
	check(hosts.Get(ctx, netip.MustParseAddr("::1")))
	check(hosts.Get(ctx, "::1")) // want `the key Addr of Host has type netip.Addr, and string does`
	check(prices.Get(ctx, "1.50"))
	check(prices.Get(ctx, 1.5)) // want `the key Amount of Price has type string, and float64 does`
	check(visits.Get(ctx, 5))
	check(visits.Get(ctx, id))
	check(visits.Get(ctx, "5")) // want `the key ID of Visit has type ID, and string does`
	check(grades.Get(ctx, letter{"A"}))
	check(grades.Get(ctx, &letter{"A"}))
	check(grades.Get(ctx, struct{ s string }{"A"}))
	check(grades.Get(ctx, "A")) // want `the key Letter of Grade has type letter, and string does`
	check(ofIDs.Get(ctx, 5))
	check(ofIDs.Get(ctx, "5")) // want `the key ID of Of\[ID\] has type ID, and string does`

	check(lines.Get(ctx, 1, "a", uuid))
	check(lines.Get(ctx, 1, "a"))                            // want `the key of Line is Shop int64, Number string, Coin prom.UUID, and Get is given 2 values`
	check(lines.Get(ctx, "a", 1, uuid))                      // want `the key Shop of Line has type int64, and string does` `the key Number of Line has type string, and int does`
	check(lines.Get(ctx, 1, "a", prom.NewRefBy[Coin](uuid))) // want `the key Coin of Line .* does not convert to it: give its Key\(\)`
	check(shelved.Get(ctx, 1, "a"))
	check(shelved.Get(ctx, "a", 1)) // want `the key Room of Shelved has type int16` `the key Row of Shelved has type string`
	check(tracked.Get(ctx, "a", uuid))
	check(tracked.Get(ctx, uuid, "a")) // want `the key Tenant of Tracked has type string, and prom.UUID` `the key ID of Tracked has type prom.UUID, and string`
	check(notes.Get(ctx, 5))           // want `Note has no primary key, which Get needs`
	check(notes.Get(ctx))              // want `Note has no primary key, which Get needs`

	// The other calls that take keys, and other ways to have a repo.
	check(0, books.DeleteKey(ctx, 5))
	check(0, books.DeleteKey(ctx, "5")) // want `the key ID of Book has type int64, and string does`
	check(0, books.DeleteKey(ctx))      // want `the key of Book is ID int64, and DeleteKey is given 0 values`
	check(books.Limit(3).Get(ctx, 5))
	check(books.Limit(3).Get(ctx, "5"))            // want `the key ID of Book has type int64, and string does`
	check(models.Posts.Get(ctx, "5"))              // want `the key ID of models.Post has type int64`
	check(models.Authors.Get(ctx, "5"))            // want `the key ID of models.Author has type int64`
	check(models.Authors.Named("").Get(ctx, "5"))  // want `the key ID of models.Author has type int64`
	check((books.Get)(ctx, "5"))                   // want `the key ID of Book`
	check((*prom.Repo[Book]).Get(books, ctx, "5")) // refused: no call of a method
	get := books.Get
	check(get(ctx, "5"))                 // refused: no call of a method
	check(getter(books).Get(ctx, "5"))   // refused: an interface
	check(books.Get(ctx, []any{"5"}...)) // refused: a list of values
	check(books.Get(two(ctx, "5")))      // refused: the values of a call
	check(generic(ctx, books, "5"))      // refused: a type parameter
	check(lookalike.NewRepo[Book]().Get(ctx, "5"))
}

func generic[T any](ctx context.Context, repo *prom.Repo[T], key any) (*T, error) {
	if _, err := repo.Get(ctx, "5"); err != nil {
		return nil, err
	}
	return repo.Get(ctx, key)
}

// check prints the line that it is called in when a key was refused. No connection is named, so nothing else can be.
func check[V any](_ V, err error) {
	if errors.Is(err, prom.ErrValidation) {
		_, _, line, _ := runtime.Caller(1)
		fmt.Println(line)
	}
}

func two(ctx context.Context, key string) (context.Context, any) { return ctx, key }

type (
	otherUUID [16]byte
	name      string
	bytes     []byte
	moment    time.Time
	number    struct{ n int }
)

func (n number) value() interface{ Value() } { return wrong{} }

type wrong struct{}

func (wrong) Value() {}

type getter interface {
	Get(ctx context.Context, key ...any) (*Book, error)
}
