package driver

import (
	"testing"

	"github.com/matryer/is"
)

// Ensure that a name is looked for outside of literals and comments, and nowhere when that is not certain.
func TestOutsideLiterals(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for sql, want := range map[string]string{
		`SELECT a, 'B' FROM "C d"`:       `select a,   from "c d"`,
		`'it''s' x`:                      `   x`,
		`a -- b`:                         `a  `,
		"a -- b\nc":                      `a  c`,
		`a /* b */ c`:                    `a   c`,
		`a /* b /* c */ d */ e`:          ``,
		`$$a$$ b $x$ c $$ $x$ d`:         `  b   d`,
		`x$a$ , $1`:                      `x$a$ , $1`,
		`'open`:                          ``,
		`"open`:                          ``,
		`E'a\' b' c`:                     ``,
		`"it's" x`:                       `"it's" x`,
		"`it's` x":                       "`it's` x",
		`$x$ open`:                       ``,
		`/* open`:                        ``,
		`SELECT '/*' , b , '*/' , '--'`:  `select   , b ,   ,  `,
		`SELECT "/*", 'S3CRET' , "*/" x`: `select "/*",   , "*/" x`,
	} {
		is.Equal(outsideLiterals(sql), want)
	}
	for name, in := range map[string]bool{"a": true, "ab": false, "a.b": true, `"odd one"`: true, "odd": true, "": false,
		"=": true, "B": true, "$1": true, "é": false, "été": true} {
		is.Equal(isIn(`a.b = "odd one" $1 été`, name), in)
	}
}
