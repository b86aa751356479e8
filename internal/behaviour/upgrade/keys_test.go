package upgrade_test

import (
	"time"

	"github.com/prom-go/prom"
)

type (
	// Counted has a small generated key.
	Counted struct {
		ID   int16 `prom:"key,auto"`
		Name string
	}
	// Numbered has a key that is a number and not counted up.
	Numbered struct {
		Number uint32 `prom:"key"`
		Name   string
	}
	// Country has a key that is a text.
	Country struct {
		Code string `prom:"key,size=2"`
		Name string
	}
	// Word has a key that ignores the case of letters, as has what refers to it.
	Word struct {
		Word   string                    `prom:"key,nocase"`
		Origin *prom.RefBy[Word, string] `prom:"nocase"`
	}
	// Token has a UUID as its key.
	Token struct {
		prom.UUIDModel
		What string
	}
	// Ticket has a UUID of its own as its key.
	Ticket struct {
		ID      prom.UUID `prom:"key,auto"`
		Made    time.Time `prom:"created"`
		Changed time.Time `prom:"updated"`
	}
	// Serial has a key that is a text with a UUID.
	Serial struct {
		Serial string `prom:"key,uuid"`
		N      int
	}
	// Purchase has a key of two columns, to which a line refers.
	Purchase struct {
		Shop   int64 `prom:"key"`
		Number int64 `prom:"key"`
		Note   string
	}
	// Slot has a key of columns of many kinds.
	Slot struct {
		Day    time.Time     `prom:"key,date"`
		Begins time.Duration `prom:"key,clock"`
		Room   string        `prom:"key,nocase"`
		At     time.Time     `prom:"key"`
		Price  string        `prom:"key,decimal=12.2"`
		Done   bool          `prom:"key"`
		Hash   []byte        `prom:"key"`
		Big    uint64        `prom:"key"`
		Color  Color         `prom:"key"`
		Token  prom.UUID     `prom:"key"`
		Free   *int
	}
	// Logged has no key.
	Logged struct {
		At   time.Time `prom:"index"`
		Text string
		N    *int
	}
)

func countedRows() []Counted { return []Counted{{1, "one"}, {2, ""}, {4, "four"}, {5, odd}} }

func numberedRows() []Numbered { return []Numbered{{0, "none"}, {7, "seven"}, {1<<32 - 1, "last"}} }

func countryRows() []Country {
	return []Country{{"at", "Austria"}, {"ch", "Switzerland"}, {"de", "Germany"}, {"fr", "France"}, {"it", "Italy"},
		{"es", ""}, {"zß", "Z" + odd}}
}

func wordRows() []Word {
	return []Word{{"Alpha", nil}, {"beta", new(prom.NewRefBy[Word]("Alpha"))}, {"ÉCOLE", new(prom.NewRefBy[Word]("beta"))}}
}

func tokenRows() []Token {
	rows := make([]Token, 7)
	for i := range rows {
		n := int64(i + 1)
		rows[i] = Token{prom.UUIDModel{ID: id(byte(7 - i)), Created: second(n), Updated: second(n + 1)},
			string(rune('a' + i))}
	}
	return rows
}

func ticketRows() []Ticket {
	return []Ticket{{id(1), second(1), second(2)}, {id(2), second(3), second(3)}}
}

func serialRows() []Serial { return []Serial{{id(1).String(), 1}, {id(250).String(), 2}} }

func purchaseRows() []Purchase {
	return []Purchase{{1, 1, "first"}, {1, 2, ""}, {1, 3, odd}, {2, 1, "b"}, {2, 1 << 62, "large"}, {-1, 0, "negative"}}
}

func slotRows() []Slot {
	return []Slot{
		{day(1), 0, "A", second(1), "0.00", false, []byte{}, 0, Red, id(1), nil},
		{day(1), 0, "B", second(1), "0.00", false, []byte{}, 0, Red, id(1), new(1)},
		{day(31), 24*time.Hour - time.Microsecond, odd, time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), "-1.50",
			true, []byte{0, 255}, 1<<63 - 1,
			Green, id(2), new(0)},
	}
}

func loggedRows() []Logged {
	return []Logged{{second(1), "one", nil}, {second(1), "two", new(2)}, {second(2), odd, new(-1)}}
}
