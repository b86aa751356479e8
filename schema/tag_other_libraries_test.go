package schema

import (
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// The options of other libraries that stand alone, as their documentation and sources have them.
var wordsOfOthers = map[string]string{
	"GORM": "primaryKey primary_key PRIMARY_KEY autoIncrement AUTO_INCREMENT uniqueIndex unique_index embedded " +
		"autoCreateTime autoUpdateTime <- -> belongsTo many2many",
	"bun":      "pk autoincrement identity notnull nullzero allowzero hstore multirange json_use_number msgpack scanonly skipupdate soft_delete extend inherit composite",
	"go-pg":    "pk nopk notnull use_zero hstore msgpack soft_delete discard_unknown_columns json_use_number",
	"xorm":     "pk autoincr notnull extends utc local cache nocache jsonb int bigint varchar text datetime timestamp blob bool serial money numeric",
	"beego":    "pk auto_now auto_now_add",
	"sqlx, db": "required optional omitempty inline pk",
	"goqu":     "pk defaultifempty skipinsert skipupdate omitnil omitempty",
	"upper/db": "pk omitempty inline stringarray int64array jsonb",
	"gorp":     "primarykey autoincrement notnull",
	"ksql":     "skipInserts skipUpdates timeNowUTC",
	"ent":      "optional nillable immutable sensitive",
	"encoding": "omitempty omitzero string inline squash remain flow",
	"go-jet":   "primary_key",
	"validator": "required email url uri http_url ip ipv4 ipv6 cidr mac hostname fqdn hostname_port numeric number boolean alpha alphanum ascii lowercase uppercase " +
		"uuid4 uuid7 ulid isbn isbn10 credit_card hexcolor rgb iscolor latitude longitude timezone country_code semver cron jwt base64 datauri " +
		"e164 md5 sha256 ssn html file dir image port dive isdefault datetime iso3166_1_alpha2 bcp47_language_tag structonly",
}

// Ensure that an option of another library does not become a column's name, and that the message says how that name is
// written.
func TestOptionsOfOtherLibraries(t *testing.T) {
	t.Parallel()
	for library, words := range wordsOfOthers {
		for word := range strings.FieldsSeq(words) {
			for _, text := range []string{word, word + ",unique", strings.ToUpper(word)} {
				_, err := parseTag(text)
				if err == nil {
					t.Errorf("%s: %q became a column's name", library, text)
				} else if name, _, _ := strings.Cut(text, ","); !strings.Contains(err.Error(), "name="+name) {
					t.Errorf("%s: %v does not say how a column of this name is written", library, err)
				}
			}
			got, err := parseTag("name=" + word)
			if err != nil || got.name != word {
				t.Errorf("%s: name=%s gave %q, %v", library, word, got.name, err)
			}
			if _, err := parseTag("title," + word); err == nil {
				t.Errorf("%s: %q was taken behind a name", library, word)
			}
		}
	}
}

// Ensure that the message says what to write instead.
func TestOptionsOfOtherLibrariesAdvice(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"required", `"required" is an option of other libraries, not of prom: a field that is not a pointer is NOT NULL by itself, ` +
			`and the option nonempty refuses its zero value; a column of this name is written name=required`},
		{"not null", `"not null" is an option of other libraries, not of prom: a field that is not a pointer is NOT NULL by itself`},
		{"primary_key", "the option key marks the primary key"},
		{"autoIncrement", "the options key,auto declare a generated key"},
		{"default:5", `"default:5": the value of an option follows "=", as in default=…: the value when the field is not set`},
		{"default:now()", "as in default=…"},
		{"default(0)", "as in default=…"},
		{"default 0", `"default 0": options are separated by commas, and the value of one follows "="`},
		{"size:255", "as in size=…"},
		{"Size:255", "as in size=…"},
		{"column:user_name", "the column's name is the first item, or name=…"},
		{"column(user_name)", "the column's name is the first item, or name=…"},
		{"column=user_name", "the column's name is the first item, or name=…"},
		{"title,column=user_name", "the column's name is the first item, or name=…"},
		{"type:varchar(100)", "as in type=…"},
		{"varchar(25) not null unique 'usr_name'", "the column's type follows from the field's Go type"},
		{"rel(fk)", "a reference is a field of type prom.Ref"},
		{"foreignKey:AuthorID;references:ID", "a reference is a field of type prom.Ref"},
		{"primaryKey;autoIncrement", `options are separated by commas, not by ";"; the option key marks the primary key; the options key,auto declare a generated key`},
		{"title unique", `options are separated by commas, and the value of one follows "="`},
		{"unique index", "the option unique creates a unique index"},
		{"title,unique auto", "options are separated by commas"},
		{"check:age > 13", "min, max and size create CHECK constraints"},
		{"<-:create", `a field that is not a column has the tag prom:"-"`},
		{"->:false", `a field that is not a column has the tag prom:"-"`},
		{"gte=0", "the minimum is the option min=…"},
		{"required,gte=0", "the option nonempty"},
		{"oneof=a b", "the allowed values are the option choices=a|b|c"},
		{"email", "prom has no such rule; write regex='…' or a method Validate; a column of this name is written name=email"},
		{"title,required", `"required" is an option of other libraries`},
		{"title,omitempty", "a column takes NULL when its field is a pointer or a sql.Null"},
		{"'user_name'", "a column of this name is written name='''user_name'''"},
		{"a:b", `unknown option "a:b"; the options are`},
		{"a:b", "a column of this name is written name=a:b"},
		{"-,omitempty", `"-" leaves the field out and must be the only item: prom:"-"`},
		{"-,", `"-" leaves the field out and must be the only item`},
		{"title,-", `"-" leaves the field out and must be the only item`},
	}
	for _, tt := range tests {
		_, err := parseTag(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v does not say %s", tt.text, err, tt.want)
		}
	}
}

// Ensure that words which need a value elsewhere, and names with blanks, are names like others.
func TestNamesLikeOptionsOfOtherLibraries(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"comment", "description", "check", "column", "precision", "priority", "table", "prefix",
		"reverse",
		"user_name", "full name", "email_address", "pk_old", "no_url", "Straße", "a.b", "a-b", `a "quoted" name`} {
		is := is.New(t)
		got, err := parseTag(text)
		is.NoErr(err)
		is.Equal(got.name, text)
	}
}

// Ensure that a tag which reflect does not find is not passed over.
func TestLostTag(t *testing.T) {
	t.Parallel()
	for tag, want := range map[reflect.StructTag]string{
		`prom:key`:               "does not have the form",
		`prom: "key"`:            "does not have the form",
		`json:"a",prom:"key"`:    "does not have the form",
		`json:"a" prom:"key`:     "does not have the form",
		`json:"a",  prom: "key"`: "does not have the form",
		`Prom:"key"`:             "the key Prom of the struct tag must be written prom",
		`json:"a" PROM:"key"`:    "the key PROM of the struct tag must be written prom",
		``:                       "",
		`json:"prom:x"`:          "",
		`json:"a\"b" db:"prom"`:  "",
		`free text`:              "",
	} {
		err := lostTag(tag)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", tag, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v does not say %s", tag, err, want)
		}
	}
}
