package transfer

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that CSV is read as RFC 4180 says, with the quotes told, and that what is written is read again.
func TestCSV(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a,b\n":                    "a|b;",
		"a,b":                      "a|b;",
		"\ufeffa,b\r\n\r\n,\"\"\n": "a|b;|'';",
		"\"a\"\"b\r\n\",c\r\n":     "'a\"b\r\n'|c;",
		"a\rb,c\n":                 "a\rb|c;",
		"\"a\"":                    "'a';",
		",\n":                      "|;",
		"a\"b,c\nd\n":              "!;d;",
		"\"a\"b,c\nd\n":            "!;d;",
		"\"a\"\rb,c\nd\n":          "!;d;",
		"\"a":                      "!;",
		"":                         "",
	} {
		is := is.New(t)
		r := newCSVReader(strings.NewReader(text), ',')
		var got strings.Builder
		for {
			cells, err := r.read()
			if errors.Is(err, io.EOF) {
				break
			}
			for i, f := range cells {
				if i > 0 && err == nil {
					got.WriteByte('|')
				}
				switch {
				case err != nil:
				case f.quoted:
					got.WriteString("'" + f.text + "'")
				default:
					got.WriteString(f.text)
				}
			}
			if err != nil {
				got.WriteByte('!')
			}
			got.WriteByte(';')
			if errors.Is(err, errNotEnded) {
				break
			}
		}
		is.Equal(got.String(), want)
	}
}

// FuzzCSV writes and reads two fields.
func FuzzCSV(f *testing.F) {
	f.Add("a", "", "NULL", true)
	f.Add("NULL", "\r\n\"", "NULL", false)
	f.Fuzz(func(t *testing.T, a, b, null string, quoted bool) {
		if strings.ContainsAny(null, ",\"\r\n") || strings.HasPrefix(a, "\ufeff") {
			t.Skip()
		}
		line := []cell{{a, true}, {b, true}}
		if !quoted {
			line[1] = cell{null, false}
		}
		r := newCSVReader(strings.NewReader(string(appendCSV(nil, line, null))), ',')
		got, err := r.read()
		if err != nil || len(got) != 2 {
			t.Fatal(len(got), err)
		}
		for i := range line {
			if isNull := !got[i].quoted && got[i].text == null; got[i].text != line[i].text || isNull == line[i].quoted {
				t.Fatalf("field %d: %+v, want %+v", i, got[i], line[i])
			}
		}
	})
}
