package schema

import (
	"errors"
	"fmt"
)

// Form is how a column of a table stores its values, if another program created the column and stores them in another
// way than this library. It belongs to a column of one database: the same model may have another form in another
// database.
type Form uint8

// The forms.
const (
	FormOwn Form = iota // as this library stores the column's kind

	// FormZoneless is a PostgreSQL timestamp without time zone. It means the instant that it would be in UTC,
	// whatever the session's time zone is.
	FormZoneless

	// FormText is a number or a truth value of SQLite in a column of texts: its digits.
	FormText

	// FormSpaced is a time of SQLite as its function datetime writes it, 2006-01-02 15:04:05, with a fraction where
	// there is one; and a time of day as its function time does.
	FormSpaced

	// FormUnix is a time of SQLite as the number of seconds since 1970.
	FormUnix

	// FormLetter and FormWord are truth values of SQLite as t and f, and as true and false.
	FormLetter
	FormWord

	// FormNative is a text, or a list of texts, in a column of a PostgreSQL type of its own, such as inet, citext or an
	// enum; [Column.Native] tells the type. It means the text that the server writes for a value of the type.
	FormNative

	// FormNumber and FormReal are columns of SQLite for values of any kind, declared as what turns texts into numbers:
	// FormNumber those of which a float without a fraction becomes an integer, FormReal those of which an integer
	// becomes a float. FormText turns numbers into texts.
	FormNumber
	FormReal

	// FormMixed is a column of SQLite whose values have several forms, or one that is only read. What is written has
	// this library's own form.
	FormMixed
)

// Forms are the columns of a table about which a database knows more than the model, by their Ordinal: columns with
// another form than this library's own, and required references whose foreign key the database enforces. Each is a copy
// of the model's column with that knowledge. Forms is nil for a table without such columns.
type Forms []*Column

// Of returns the column as it is stored.
func (f Forms) Of(c *Column) *Column {
	if c.Ordinal < len(f) && f[c.Ordinal] != nil {
		return f[c.Ordinal]
	}
	return c
}

// Set notes the form of a column of t.
func (f *Forms) Set(t *Table, c *Column, form Form) {
	if form != FormOwn {
		f.copyOf(t, c).Form = form
	}
}

// SetNative notes that a column of t has a type of its own.
func (f *Forms) SetNative(t *Table, c *Column, n *Native) {
	known := f.copyOf(t, c)
	known.Form, known.Native = FormNative, n
}

// Enforce notes that the database enforces the foreign key of a required reference.
func (f *Forms) Enforce(t *Table, c *Column) { f.copyOf(t, c).Enforced = true }

// copyOf returns the copy of a column that tells what is known of it.
func (f *Forms) copyOf(t *Table, c *Column) *Column {
	if *f == nil {
		*f = make(Forms, len(t.Columns))
	}
	if (*f)[c.Ordinal] == nil {
		known := *c
		(*f)[c.Ordinal] = &known
	}
	return (*f)[c.Ordinal]
}

// String returns a text that is equal for equal forms.
func (f Forms) String() string {
	b := make([]byte, len(f), len(f)+32)
	for i, c := range f {
		b[i] = '0'
		if c == nil {
			continue
		}
		if b[i] += byte(c.Form); c.Enforced {
			b[i] |= 0x80
		}
		if n := c.Native; n != nil {
			b = fmt.Appendf(b, " %d %q %t %t", i, n.Type, n.Ordered, n.Least)
		}
	}
	return string(b)
}

// toldForms are the values of the tag option stored.
var toldForms = map[string]Form{"datetime": FormSpaced, "unix": FormUnix, "mixed": FormMixed}

// Option returns the value of the tag option stored for a form, or "" if it has none.
func (f Form) Option() string {
	for option, form := range toldForms {
		if form == f {
			return option
		}
	}
	return ""
}

// setForm reads the tag option stored.
func (c *Column) setForm(tg *tag) error {
	told, ok := tg.value("stored")
	if !ok {
		return nil
	}
	form, known := toldForms[told]
	switch {
	case !known:
		return fmt.Errorf("stored must be datetime, unix or mixed, not %q", told)
	case c.Kind != Time:
		return fmt.Errorf("stored needs an instant (time.Time), not %s", c.Type)
	case c.HasConstant():
		return errors.New("stored cannot be combined with a constant default; leave one of them out")
	}
	c.Told = form
	return nil
}
