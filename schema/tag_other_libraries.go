package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// foreignWords are the tag options of other libraries, with what says the same in a prom tag. A program that moves here
// brings them along, and as the first item of a tag each would be a column's name without a word. They are those of
// GORM, bun, go-pg, xorm, beego, sqlx, goqu, upper/db, gorp, ksql, rel, ent, validator, encoding/json, yaml and bson.
//
// Words are written without case, blanks, underscores and hyphens: notnull is also "not null", NotNull and not_null.
// Those that stand alone are no column names; those that need a value, as in check:age > 13, are names as any other
// word without one.
var foreignWords = []struct{ alone, valued, advice string }{
	{"pk primary primarykey", "primaryid", "the option key marks the primary key"},
	{"autoincr autoincrement identity serial bigserial smallserial", "autoincrementincrement",
		"the options key,auto declare a generated key"},
	{"nopk", "", "a model without the option key has no primary key"},
	{"notnull required nonnull", "requiredif requiredunless requiredwith requiredwithall requiredwithout " +
		"requiredwithoutall", "a field that is not a pointer is NOT NULL by itself, and the option nonempty refuses its zero value"},
	{"nullable nullzero optional nillable omitempty omitzero omitnil isnull", "",
		"a column takes NULL when its field is a pointer or a sql.Null"},
	{"defaultifempty usezero allowzero isdefault", "defaultvalue",
		"the option default=… is the value of a field that is not set"},
	{"", "column", "the column's name is the first item, or name=…"},
	{"uniqueindex uniqueidx uniq", "uniqueindex composite",
		"the option unique creates a unique index, and unique=name one on several fields"},
	{"", "idx priority sort class option length expression",
		"the option index creates an index, and a blank field one of any form"},
	{"", "len maxlen minlen maxsize minsize length stringlength runelength between",
		"the length is the option size=n or size=a..b"},
	{"", "gte gt ge", "the minimum is the option min=…"},
	{"", "lte lt le", "the maximum is the option max=…"},
	{"", "precision scale digits decimals", "an exact number is the option decimal=precision.scale"},
	{"", "oneof oneofci enum enums in", "the allowed values are the option choices=a|b|c"},
	{"", "check constraint", "min, max and size create CHECK constraints; create others in SQL"},
	{"", "pattern match matches regexp", "a regular expression is the option regex='…'"},
	{"autonowadd autocreatetime createdat timenowutc", "autocreatetime",
		"the option created sets a time.Time when the row is inserted"},
	{"autonow autoupdatetime updatedat", "autoupdatetime", "the option updated sets a time.Time at every write"},
	{"softdelete", "softdelete deletedat", "the option deleted on a *time.Time is a soft delete"},
	{"embedded extend extends inherit inline squash remain flow", "embeddedprefix prefix",
		"the fields of an embedded struct are columns by themselves, and the option embed=prefix_ makes columns of those of " +
			"any struct field"},
	{"m2m many2many belongsto hasone hasmany manytomany autosave autoload",
		"foreignkey references many2many belongsto hasone hasmany " +
			"polymorphic polymorphictype polymorphicid polymorphicvalue joinforeignkey joinreferences jointable join joinon m2m rel " +
			"relation reverse reltable relthrough fk fkid joinfk fkvalue through foreign ref manytomany associationforeignkey",
		"a reference is a field of type prom.Ref, and the rows that refer to this one are a field of type prom.Many"},
	{"jsonb jsonusenumber msgpack hstore serializer", "serializer", "the option json stores any type as JSON"},
	{"sensitive", "", "the option private leaves a field out of JSON that the library makes"},
	{"scanonly skipupdate skipupdates skipinsert skipinserts immutable readonly writeonly < > <> ignore ignored skip transient", "< > <> rw",
		`a field that is not a column has the tag prom:"-"; all others are read and written`},
	{"local utc", "timezone", "times are stored and read in UTC"},
	{"cache nocache discardunknowncolumns minsize truncate structonly nostructlevel dive composite multirange", "",
		"prom has no such option; leave it out"},
	{"", "comment description helptext", "prom writes no comments of columns; leave it out"},
	{"", "table select alias tablespace partitionby", "the name of a table is what the model's method TableName returns"},
	{"", "collate charset", "the option nocase ignores case; for other collations use those of the database"},
	{"string", "", "texts are strings in Go; json and type are the options that change what a type is stored as"},
	{"bit unsigned tinyint smallint mediumint int integer bigint int2 int4 int8 number enum set char varchar nchar nvarchar " +
		"tinytext text ntext mediumtext longtext clob uniqueidentifier sysname datetime smalldatetime time timetz timestamp " +
		"timestampz timestamptz year numeric money smallmoney real float float4 float8 double doubleprecision binary varbinary " +
		"tinyblob blob mediumblob longblob bytea bool boolean xml array stringarray int64array inet citext",
		"bit int integer bigint enum set char varchar nchar nvarchar text numeric float double binary varbinary time timestamp dbtype sqltype",
		"the column's type follows from the field's Go type"},
	// Of validator, and of libraries that took its words.
	{"alpha alphanum alphanumspace alphanumunicode alphaspace alphaunicode ascii base32 base64 base64rawurl base64url " +
		"bcp47languagetag bcp47strictlanguagetag bic biciso93622014 btcaddr btcaddrbech32 cidr cidrv4 cidrv6 cmyk countrycode creditcard " +
		"cron cve datauri dir dirpath dnsrfc1035label duration e164 ein email ethaddr ethaddrchecksum eucountrycode file filepath fqdn " +
		"hexadecimal hexcolor hostname hostnamelabel hostnameport hostnamerfc1123 hsl hsla html htmlencoded httpurl httpsurl image ip " +
		"ip4addr ip6addr ipaddr ipv4 ipv6 isbn isbn10 isbn13 iscolor iso31661alpha2 iso31661alpha2eu iso31661alpha3 iso31661alpha3eu " +
		"iso31661alphanumeric iso31661alphanumericeu iso31662 iso4217 iso4217numeric issn jwt latitude longitude lowercase luhnchecksum " +
		"mac md4 md5 mimetype mongodb mongodbconnectionstring multibyte origin port printascii rgb rgba ripemd128 ripemd160 " +
		"semver sha256 sha384 sha512 spicedb ssn tcp4addr tcp6addr tcpaddr tiger128 tiger160 tiger192 timezone udp4addr udp6addr " +
		"udpaddr udsexists ulid unixaddr uppercase uri url urlencoded urnrfc2141 urnrfc8141 uuid3 uuid3rfc4122 uuid4 uuid4rfc4122 " +
		"uuid5 uuid5rfc4122 uuid7 uuidrfc4122",
		"contains containsany containsrune endsnotwith endswith eq eqignorecase eqcsfield eqfield excludedif excludedunless excludedwith " +
			"excludedwithall excludedwithout excludedwithoutall excludes excludesall excludesrune fieldcontains fieldexcludes gtcsfield " +
			"gtecsfield gtefield gtfield ltcsfield ltecsfield ltefield ltfield ne neignorecase necsfield nefield noneof noneofci " +
			"postcodeiso3166alpha2 postcodeiso3166alpha2field skipunless startsnotwith startswith validate binding",
		"prom has no such rule; write regex='…' or a method Validate"},
}

// foreign has the advice for each word, and for those that stand alone.
var foreign = sync.OnceValues(func() (alone, all map[string]string) {
	alone, all = map[string]string{}, map[string]string{}
	for _, w := range foreignWords {
		for word := range strings.FieldsSeq(w.valued) {
			all[word] = w.advice
		}
		for word := range strings.FieldsSeq(w.alone) {
			alone[word], all[word] = w.advice, w.advice
		}
	}
	return alone, all
})

var plainReplacer = strings.NewReplacer(" ", "", "_", "", "-", "")

// plainWord is a word as foreignWords has it.
func plainWord(word string) string { return plainReplacer.Replace(strings.ToLower(word)) }

// baseWord is the option in what other libraries write as option:value or option(value).
func baseWord(item string) string {
	item, _, _ = strings.Cut(item, ":")
	item, _, _ = strings.Cut(item, "(")
	return strings.TrimSpace(item)
}

// checkName returns an error for the first item of a tag, no option of prom, that is not meant as a column's name.
func checkName(word string) error {
	alone, _ := foreign()
	if alone[plainWord(word)] == "" && !strings.ContainsAny(word, ":;()<>") && !strings.ContainsAny(word[:1], "'\"`") &&
		!manyItems(word) {
		return nil
	}
	return fmt.Errorf("%w; a column of this name is written name=%s", unknownItem(word), quoteValue(word))
}

// unknownItem says what an item that is no option of prom was meant to be.
func unknownItem(word string) error {
	base := baseWord(word)
	_, all := foreign()
	advice := all[plainWord(base)]
	own := slices.IndexFunc(options, func(o option) bool { return o.name == strings.ToLower(base) })
	switch {
	case strings.Contains(word, ";"):
		return fmt.Errorf(`%q: options are separated by commas, not by ";"%s`, word, adviceOf(strings.Split(word, ";")))
	case own >= 0 && base != word && options[own].value != flag && !manyItems(word):
		return fmt.Errorf(`%q: the value of an option follows "=", as in %s=…: %s`, word, options[own].name,
			options[own].help)
	case advice != "":
		return fmt.Errorf("%q is an option of other libraries, not of prom: %s", word, advice)
	case manyItems(word):
		return fmt.Errorf(`%q: options are separated by commas, and the value of one follows "="%s`, word,
			adviceOf(strings.Fields(word)))
	}
	if near := nearestOption(plainReplacer.Replace(word)); near != "" {
		return fmt.Errorf("unknown option %q, which looks like %s", word, near)
	}
	return fmt.Errorf("unknown option %q; the options are %s", word, optionList())
}

// manyItems reports whether a word is several with blanks between them, one of which is an option somewhere.
func manyItems(word string) bool {
	parts := strings.Fields(word)
	_, all := foreign()
	for i, part := range parts {
		base, last := baseWord(part), i == len(parts)-1
		if len(parts) > 1 && (all[plainWord(base)] != "" || slices.ContainsFunc(options, func(o option) bool {
			return o.name == base && (o.value != needsValue || !last) // "full name" is no list
		})) {
			return true
		}
	}
	return false
}

// adviceOf is what there is to say of items that are separated as other libraries do.
func adviceOf(items []string) string {
	var said strings.Builder
	_, all := foreign()
	for _, item := range items {
		if advice := all[plainWord(baseWord(item))]; advice != "" && !strings.Contains(said.String(), advice) {
			said.WriteString("; " + advice)
		}
	}
	return said.String()
}

// quoteValue writes a text as the value of an option.
func quoteValue(s string) string {
	if strings.ContainsAny(s, ",'") {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}

// lostTag returns an error for a struct tag that is meant for prom, and that reflect does not find: another case of the
// key, or a form that breaks the convention of `key:"value"`.
func lostTag(tag reflect.StructTag) error {
	rest := strings.TrimLeft(string(tag), " ")
	for rest != "" {
		key, after, ok := strings.Cut(rest, `:"`)
		if !ok || strings.ContainsAny(key, " \"':,;") {
			break
		}
		if strings.EqualFold(key, "prom") && key != "prom" {
			return fmt.Errorf("the key %s of the struct tag must be written prom", key)
		}
		end := 0
		for end < len(after) && after[end] != '"' {
			if after[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(after) {
			break
		}
		rest = strings.TrimLeft(after[end+1:], " ")
	}
	if strings.Contains(strings.ToLower(rest), "prom:") {
		return fmt.Errorf("the struct tag %q does not have the form `prom:\"…\"`", string(tag))
	}
	return nil
}
