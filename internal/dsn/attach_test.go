package dsn

import (
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that attachments are read, in order, and become URIs of absolute paths, and that what could not be attached is
// refused without its path.
func TestAttachments(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := Parse("sqlite:///a.db?attach=billing:/b%20'x.db&attach=auth:/c:d.db&readonly=true")
	is.NoErr(err)
	is.Equal(Attachments(d), []Attachment{{"billing", "/b 'x.db"}, {"auth", "/c:d.db"}})
	is.True(IsAttached(d, "Billing") && !IsAttached(d, "main"))
	uri, err := AttachURI(d, Attachments(d)[0], "")
	is.NoErr(err)
	is.Equal(uri, "file:///b%20%27x.db?mode=ro")
	again, err := Parse(d.String())
	is.NoErr(err)
	is.Equal(Attachments(again), Attachments(d))
	_, params, err := SQLiteParams(d, Writer, "")
	is.NoErr(err)
	for _, p := range params {
		is.True(p.Name != "attach")
	}
	memory, err := Parse("sqlite://:memory:?attach=billing::memory:&attach=disk:/x.db")
	is.NoErr(err)
	uri, err = AttachURI(memory, Attachments(memory)[0], "m")
	is.NoErr(err)
	is.Equal(uri, "file:/m-billing?vfs=memdb")
	uri, err = AttachURI(memory, Attachments(memory)[1], "m")
	is.NoErr(err)
	is.Equal(uri, "file:///x.db?vfs="+defaultVFS())

	for options, why := range map[string]string{
		"attach=billing":                       "takes a name and the path of a file",
		"attach=:SECRET":                       "takes a name and the path of a file",
		"attach=a.b:SECRET":                    "takes a name and the path of a file",
		"attach=a%22b:SECRET":                  "takes a name and the path of a file",
		"attach=main:SECRET":                   "main is the name of a database that each connection has",
		"attach=Temp:SECRET":                   "Temp is the name of a database",
		"attach=a:SECRET&attach=A:y":           "gives the name A twice",
		"attach=a::memory:":                    "each connection would have a database of its own",
		strings.Repeat("attach=x:SECRET&", 11): "SQLite attaches at most 10",
	} {
		_, err := Parse("sqlite://x.db?" + options)
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), why))
		is.True(!strings.Contains(err.Error(), "SECRET"))
	}
	_, err = Parse("postgres://h/db?attach=a:b")
	is.True(err != nil)
}
