package upgrade_test

import (
	"time"

	"github.com/prom-go/prom"
)

type (
	// Score has columns of the kinds by which pages are ordered.
	Score struct {
		prom.Model
		Name   string
		Points int
		Best   *float64
		At     time.Time
		Due    *time.Time `prom:"date"`
		Price  string     `prom:"decimal=12.2"`
		Serial prom.UUID  `prom:"unique"`
		Tag    string     `prom:"nocase"`
		Flag   *bool
		Span   *time.Duration `prom:"clock"`
		Level  uint64
		Grams  Grams
		Blob   []byte
	}
	// Event is watched.
	Event struct {
		ID   int32     `prom:"key,auto"`
		Made time.Time `prom:"created,index"`
		Seq  int64     `prom:"unique"`
		What string
	}
)

func scoreRows() []Score {
	rows := make([]Score, 8)
	for i := range rows {
		v := &rows[i]
		*v = Score{Model: meta(int64(i + 1)), Name: string(rune('a' + i*3%8)), Points: i / 3, At: second(int64(i / 2)),
			Price:  []string{"9.00", "10.00", "-1.50"}[i%3],
			Serial: id(byte(200 - i*7%8)), Tag: []string{"b", "A", "c",
				"B"}[i%4], Level: uint64(1<<63-1) - uint64(i%2), Grams: Grams{float64(i%3) / 4},
			Blob: []byte{byte(255 - i%4)}}
		if i%3 != 0 {
			v.Best, v.Flag = new(float64(i%5)/3), new(i%2 == 0)
		}
		if i%2 != 0 {
			v.Due, v.Span = new(day(9-i)), new(time.Duration(i)*time.Hour)
		}
	}
	return rows
}

func eventRows() []Event {
	rows := make([]Event, 8)
	for i := range rows {
		rows[i] = Event{int32(i + 1), second(int64(i / 2)), int64(i*5%8) << 40, string(rune('a' + i))}
	}
	return rows
}

// orders are those of the kept pages, by table.
var orders = []struct{ table, order string }{
	{"score", ""},
	{"score", "_id desc"},
	{"score", "points desc, name"},
	{"score", "name desc"},
	{"score", "best, points desc"},
	{"score", "best desc nullslast, name"},
	{"score", "at desc, serial"},
	{"score", "due nullsfirst, price desc"},
	{"score", "price, level desc"},
	{"score", "tag, flag desc"},
	{"score", "flag, span desc"},
	{"score", "span nullsfirst, blob desc"},
	{"score", "grams desc, _created"},
	{"score", "level, blob, serial desc"},
	{"country", ""},
	{"country", "name desc"},
	{"purchase", ""},
	{"purchase", "number desc"},
	{"token", ""},
	{"token", "what desc"},
	{"slot", ""},
	{"word", ""},
	{"artist", "country_code, mentor_id desc"},
}

// watches are the kept watches, by table and by the field that is watched, "" for the default.
var watches = []struct{ table, by string }{
	{"event", ""},
	{"event", "id"},
	{"event", "made"},
	{"event", "seq"},
	{"token", ""},
	{"token", "_updated"},
	{"score", ""},
	{"score", "serial"},
}
