package snapshot_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/snapshot"
)

// Ensure that what is read is written as it was, and that what models say is what its text says.
func TestRead(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var text, again, declared bytes.Buffer
	models := tables(t, Totals{}, Everything{}, Area{})
	is.NoErr(snapshot.Write(&text, models))
	read, err := snapshot.Read(bytes.NewReader(text.Bytes()))
	is.NoErr(err)
	is.NoErr(snapshot.Write(&again, read))
	is.Equal(again.String(), text.String())
	list, err := snapshot.Declared(models)
	is.NoErr(err)
	is.NoErr(snapshot.Write(&declared, list))
	is.Equal(declared.String(), text.String())
	for i, m := range models {
		is.Equal(list[i].Name, m.Name)
		for j, c := range m.Columns {
			is.Equal(list[i].Columns[j].Name, c.Name) // in the order of the model
		}
	}
}

// Ensure that a text that is none is refused with its line, and why.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	const begins = snapshot.Header + "\n\n"
	for _, c := range []struct{ text, why string }{
		{"", "empty"},
		{"table a\n", "line 1: the text does not begin"},
		{"prom schema 2\n", "another version"},
		{begins + "\tcolumn a text\n", "line 3: the line belongs to no table"},
		{begins + "tables a\n", "neither"},
		{begins + "table a\n\tcolumn b strange\n", `line 4: the kind "strange"`},
		{begins + "table a\n\tcolumn b text nil\n", `the option "nil"`},
		{begins + "table a\n\tcolumn b int64 default=x\n", "default=x"},
		{begins + "table a\n\tcolumn \"b text\n", "quotes"},
		{begins + "table a\n\tcolumn b text\n\tindex i on=c\n", "no column c"},
		{begins + "table a\n\tcolumn b text\n\tforeign key on=b table=c to=d\n", "the table c, which it refers to, is missing"},
		{begins + "table a\n\ntable a\n", "twice"},
		{begins + "<<<<<<< HEAD\n", "conflict"},
		{begins + "table a\n\trow b\n", "no column, foreign key"},
	} {
		_, err := snapshot.Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}
