package transfer

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// Fields of CSV are read and written here, and not by encoding/csv, which does not tell whether a field has quotes, and
// changes the ends of lines inside of it: NULL and an empty text would be one, and texts would not come back.

// cell is a field of CSV.
type cell struct {
	text   string
	quoted bool
}

// appendCSV appends a line. A field that needs no quotes gets some when it is the text for NULL.
func appendCSV(dst []byte, line []cell, null string) []byte {
	for i, f := range line {
		if i > 0 {
			dst = append(dst, ',')
		}
		if !f.quoted && f.text == null {
			dst = append(dst, null...)
			continue
		}
		if f.text != null && f.text != "" && !strings.ContainsAny(f.text, ",\"\r\n") && f.text[0] != ' ' &&
			f.text[len(f.text)-1] != ' ' {
			dst = append(dst, f.text...)
			continue
		}
		dst = append(dst, '"')
		for j := range len(f.text) {
			if f.text[j] == '"' {
				dst = append(dst, '"')
			}
			dst = append(dst, f.text[j])
		}
		dst = append(dst, '"')
	}
	return append(dst, '\n')
}

var (
	errQuote    = errors.New("a quote stands inside of a field without quotes: write the field in quotes, and the quote twice")
	errBehind   = errors.New("something stands behind the quote that ends a field: a quote inside of a field is written twice")
	errNotEnded = errors.New("the file ends inside of a field in quotes")
)

// csvReader reads lines of CSV (RFC 4180).
type csvReader struct {
	r     *bufio.Reader
	comma byte
	one   bool // records have one field, so that an empty line is one
	line  int  // that the last record began in
	next  int
	text  []byte
	cells []cell
}

func newCSVReader(r io.Reader, comma byte) *csvReader {
	b := bufio.NewReaderSize(r, 64<<10)
	if bom, err := b.Peek(3); err == nil && string(bom) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	return &csvReader{r: b, comma: comma, next: 1}
}

// read reads a record, which is the caller's until the next one. Empty lines
// are left out, unless records have one field. After an error of its form it
// goes on behind the line.
func (c *csvReader) read() ([]cell, error) {
	for {
		c.cells, c.line = c.cells[:0], c.next
		empty, err := c.record()
		if err != nil || !empty {
			return c.cells, err
		}
	}
}

// endsLine reports whether the end of the line follows a carriage return.
func (c *csvReader) endsLine() bool {
	following, err := c.r.Peek(1)
	return err == nil && following[0] == '\n'
}

func (c *csvReader) record() (empty bool, err error) {
	const begin, plain, quoted, behind = 0, 1, 2, 3
	state, any := begin, false
	c.text = c.text[:0]
	end := func() {
		c.cells = append(c.cells, cell{string(c.text), state == behind})
		c.text, state = c.text[:0], begin
	}
	for {
		b, err := c.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && state == quoted:
			return false, errNotEnded
		case errors.Is(err, io.EOF) && !any:
			return false, io.EOF
		case errors.Is(err, io.EOF):
			end()
			return false, nil
		case err != nil:
			return false, err
		}
		if b == '\n' {
			c.next++
		}
		if state == quoted {
			if b == '"' {
				state = behind
			} else {
				c.text = append(c.text, b)
			}
			continue
		}
		switch {
		case b == '\r' && c.endsLine():
			continue
		case b == '\n':
			if !any && !c.one {
				return true, nil
			}
			end()
			return false, nil
		case b == c.comma:
			end()
		case b == '"' && state == begin:
			state = quoted
		case b == '"' && state == behind:
			c.text = append(c.text, b)
			state = quoted
		case b == '"', state == behind:
			bad := errQuote
			if state == behind {
				bad = errBehind
			}
			for b != '\n' && err == nil {
				b, err = c.r.ReadByte()
			}
			c.next++
			return false, bad
		default:
			c.text, state = append(c.text, b), plain
		}
		any = true
	}
}
