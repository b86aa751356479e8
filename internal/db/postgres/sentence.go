package postgres

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// forms are the forms by SQLSTATE; see [Sentence].
var forms = map[string][]driver.Form{
	"42P01": {driver.NewForm(`^relation "([^"]+)" does not exist$`, ""),
		driver.NewForm(`^missing FROM-clause entry for table "([^"]+)"$`, ""),
		driver.NewForm(`^invalid reference to FROM-clause entry for table "([^"]+)"$`, "")},
	"42703": {driver.NewForm(`^column ([^" ]+) does not exist$`, ""),
		driver.NewForm(`^column "([^"]+)" does not exist$`, ""),
		driver.NewForm(`^column "([^"]+)" of relation "([^"]+)" does not exist$`, ""),
		driver.NewForm(`^column "([^"]+)" named in key does not exist$`, "")},
	"42883": {driver.NewForm(`^function ([^ (]+)\((?:`+types+`(?:, `+types+`)*)?\) does not exist$`, ""),
		driver.NewForm(`^operator does not exist: (?:`+types+` )?([-+*/<>=~!@#%^&|`+"`"+`?]+) `+types+`$`, "")},
	"42804": {driver.NewForm(`^column "[^"]+" is of type `+types+` but expression is of type `+types+`$`, ""),
		driver.NewForm(`^argument of [A-Z/ ]+ must be type `+types+`, not type `+types+`$`, ""),
		driver.NewForm(`^[A-Z/ ]+ types `+types+` and `+types+` cannot be matched$`, "")},
	"42601": {driver.NewForm(`^syntax error at or near "(.+)"$`, "syntax error"),
		driver.NewForm(`^syntax error at end of input$`, ""),
		driver.NewForm(`^(?:unterminated (?:quoted string|quoted identifier|dollar-quoted string|/\* comment)|zero-length delimited identifier|trailing junk after numeric literal)`, ""),
		driver.NewForm(`^each (?:UNION|INTERSECT|EXCEPT) query must have the same number of columns$`, ""),
		driver.NewForm(`^INSERT has more (?:expressions than target columns|target columns than expressions)$`, ""),
		driver.NewForm(`^VALUES lists must all be the same length$`, ""),
		driver.NewForm(`^subquery (?:must return only one column|has too (?:many|few) columns)$`, ""),
		driver.NewForm(`^cannot insert multiple commands into a prepared statement$`, ""),
		driver.NewForm(`^multiple assignments to same column "([^"]+)"$`, "")},
	"42803": {driver.NewForm(`^column "[^"]+" must appear in the GROUP BY clause or be used in an aggregate function$`,
		""),
		driver.NewForm(`^aggregate function(?:s| calls) (?:are not allowed in|cannot) [-a-zA-Z ]+$`, ""),
		driver.NewForm(`^subquery uses ungrouped column "[^"]+" from outer query$`, "")},
	"42P20": {driver.NewForm(`^window function(?:s| calls) (?:are not allowed in|cannot) [-a-zA-Z ]+$`, "")},
	"42702": {driver.NewForm(`^column reference "([^"]+)" is ambiguous$`, "")},
	"42712": {driver.NewForm(`^table name "([^"]+)" specified more than once$`, "")},
	"42701": {driver.NewForm(`^column "([^"]+)" specified more than once$`, "")},
	"42704": {driver.NewForm(`^(?:type|collation|index|constraint|trigger) "([^"]+)" does not exist$`, "")},
	"42846": {driver.NewForm(`^cannot cast type `+types+` to `+types+`$`, "")},
	"42809": {driver.NewForm(`^"([^"]+)" is (?:a|an|not a|not an) [a-z ]+$`, "")},
	"42P02": {driver.NewForm(`^there is no parameter \$\d+$`, "")},
	"42P08": {driver.NewForm(`^(?:inconsistent types deduced for|could not determine data type of) parameter \$\d+$`, "")},
	"42P18": {driver.NewForm(`^could not determine data type of parameter \$\d+$`, "")},
	"42P10": {driver.NewForm(`^for SELECT DISTINCT, ORDER BY expressions must appear in select list$`, ""),
		driver.NewForm(`^(?:ORDER BY|GROUP BY) position \d+ is not in select list$`, "")},
	"428C9": {driver.NewForm(`^cannot insert a non-DEFAULT value into column "[^"]+"$`, ""),
		driver.NewForm(`^column "[^"]+" can only be updated to DEFAULT$`, "")},
	"42501": {driver.NewForm(`^permission denied for (?:table|column|sequence|view|materialized view|foreign table|schema|database|function|procedure|type|language|relation|index) [^" ]+$`, ""),
		driver.NewForm(`^must be owner of (?:table|column|sequence|view|materialized view|foreign table|schema|database|function|procedure|type|relation|index) [^" ]+$`, ""),
		driver.NewForm(`^new row violates row-level security policy (?:"[^"]+" )?(?:\(USING expression\) )?for table "[^"]+"$`, ""),
		driver.NewForm(`^query would be affected by row-level security policy for table "[^"]+"$`, ""),
		driver.NewForm(`^permission denied to create (?:database|extension "[^"]+")$`, "")},
	"3F000": {driver.NewForm(`^schema "([^"]+)" does not exist$`, ""),
		driver.NewForm(`^no schema has been selected to create in$`, "")},
	"0A000": {driver.NewForm(`^CONCURRENTLY cannot be used when the materialized view is not populated$`,
		"the materialized view has not been populated; refresh it without Concurrently first"),
		driver.NewForm(`^FOR (?:NO KEY UPDATE|UPDATE|KEY SHARE|SHARE) is not allowed with [-a-zA-Z ]+$`, ""),
		driver.NewForm(`^cannot use serializable mode in a hot standby$`,
			"a standby has no serializable transactions: use RepeatableRead, or the primary"),
		driver.NewForm(`^unique constraint on partitioned table must include all partitioning columns$`,
			"a unique index of a partitioned table must have the columns of its partition key"),
		driver.NewForm(`^cannot create index on partitioned table "([^"]+)" concurrently$`, ""),
		driver.NewForm(`^cannot perform (?:INSERT|UPDATE|DELETE) RETURNING on relation "([^"]+)"$`, ""),
		driver.NewForm(`^INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules$`, "")},
	"XX000": {driver.NewForm(`^cache lookup failed for [a-z ]+ \d+$`, ""),
		driver.NewForm(`^could not open relation with OID \d+$`, ""),
		driver.NewForm(`^(?:invalid memory alloc request size|unrecognized [a-z ]+:) \d+$`, ""),
		driver.NewForm(`^(?:missing|unexpected) chunk number \d+ .*for toast value \d+ in pg_toast_\d+$`, ""),
		driver.NewForm(`^cannot [a-z ]+ in a parallel [a-z ]+$`, ""),
		// of pgpool
		driver.NewForm(`^kind mismatch among backends`, ""),
		driver.NewForm(`^(?:unable|failed) to [a-z]+ (?:data|message|packet|response|query) (?:from|to) (?:the )?(?:DB node|backend|frontend|client)`, ""),
		driver.NewForm(`^all backend nodes are down`, "")},
	"55000": {driver.NewForm(`^materialized view "[^"]+" has not been populated$`,
		"the materialized view has not been populated; fill it by RefreshView"),
		driver.NewForm(`^cannot refresh materialized view "[^"]+" concurrently$`,
			"a materialized view is refreshed concurrently only if it has a unique index on columns, without a condition")},
	"22P02": {driver.NewForm(`^invalid input syntax for type [a-z0-9_ ]+`, ""),
		driver.NewForm(`^invalid input value for enum [^": ]+`, "")},
	"22007": {driver.NewForm(`^invalid input syntax for type [a-z0-9_ ]+`, "")},
	"22000": {driver.NewForm(`^different (?:vector|halfvec|sparsevec) dimensions \d+ and \d+$`, ""),
		driver.NewForm(`^expected \d+ dimensions, not \d+$`, "")}, // of pgvector
	"22001": {driver.NewForm(`^value too long for type `+types+`$`, "")},
}

// types are the names of types that sentences have, without those that a program defines.
const types = `(?:(?:smallint|integer|bigint|numeric|real|double precision|money|text|character varying|character|"char"|name|bytea|boolean|uuid|jsonb?|jsonpath|xml|date|` +
	`time without time zone|time with time zone|timestamp without time zone|timestamp with time zone|interval|bit|bit varying|inet|cidr|macaddr|oid|regclass|tsvector|tsquery|` +
	`point|unknown|record|any|anyarray|anyelement|int4range|int8range|numrange|tsrange|tstzrange|daterange)(?:\(\d+(?:,\d+)?\))?(?:\[\])?)`

var (
	inParameter = regexp.MustCompile(`^(?:unnamed portal|portal "[^"]*") (parameter \$\d+)(?: = |$)`)
	inCopy      = regexp.MustCompile(`^COPY ([^ ,]+), line \d+, column ([^ :]+)(?:: |$)`)
)

// tellPostgres adds what the server said of a statement.
func tellPostgres(e *driver.Error, sql string) {
	var pg *pgconn.PgError
	if !errors.As(e.Err, &pg) {
		return
	}
	parameter := inParameter.FindStringSubmatch(pg.Where)
	column := inCopy.FindStringSubmatch(pg.Where)
	switch {
	case column != nil:
		if _, local := schema.SplitName(e.Table); local != column[1] { // which is told without a schema
			e.Table = column[1]
		}
		e.Columns = []string{column[2]}
	case pg.Where != "" && parameter == nil:
		return
	}
	if said := driver.Sentence(forms[pg.Code], pg.Message, sql); said != "" {
		e.Detail = said
		if pg.Code == generatedAlways {
			e.Detail += "; " + SQLStateNames[pg.Code]
		}
	}
	switch {
	case parameter != nil:
		e.Detail += ": " + parameter[1]
	case pg.Code == "42601" && pg.Position > 0:
		e.Detail += fmt.Sprintf(" at character %d of the statement", pg.Position)
	}
}
