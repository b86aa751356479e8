package queryplan

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// Index is an index that the engine would take instead of reading a table as a whole.
type Index struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	// Sorted says that it also spares the statement a sort.
	Sorted bool `json:"spares_sort,omitempty"`
}

// SQL returns the statement that makes the index.
func (ix Index) SQL(db *prom.DB) string {
	d := db.Dialect()
	cols := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		cols[i] = d.Quote(c)
	}
	how := "CREATE INDEX"
	if d.Name() == "postgres" {
		how += " CONCURRENTLY"
	}
	return fmt.Sprintf("%s ON %s (%s)", how, d.Table(ix.Table), strings.Join(cols, ", "))
}

// Tag returns the tags of a model that make the index, each with its field; "" if a column is not the model's. A field
// of an embedded struct, such as that of a prom.Model, may not be the program's to tag: the index is then that of a
// blank field.
func (ix Index) Tag(t *schema.Table) string {
	tag, names := "index", make([]string, len(ix.Columns))
	for i, name := range ix.Columns {
		names[i] = strings.Trim(name, "_")
	}
	if len(names) > 1 {
		tag += "=" + strings.Join(names, "_")
	}
	fields := make([]string, len(ix.Columns))
	for i, name := range ix.Columns {
		c := t.Column(name)
		if c == nil {
			return ""
		}
		if len(c.Path) > 1 {
			return fmt.Sprintf("a blank field of %s: _ struct{} `prom:\"index=%s,on='%s'\"`",
				t.Model.Name(), strings.Join(names, "_"), strings.Join(ix.Columns, ", "))
		}
		fields[i] = fmt.Sprintf("%s.%s `prom:%q`", t.Model.Name(), c.Field, tag)
	}
	return strings.Join(fields, ", ")
}

// trial is the name of an index that is tried.
const trial = "prom_trial_index"

// Advise returns an index for a step that reads a whole table, if there is one that the engine takes, and which is not
// there already. It is found by trial, so that a condition that no index serves gets no advice. PostgreSQL tries on a
// temporary copy of the table's structure, which a role needs the privilege TEMPORARY for, and which a standby cannot
// make; there is no advice then.
func Advise(ctx context.Context, db *prom.DB, s Statement, scan *Node) (*Index, error) {
	name := db.Dialect().Name()
	s, err := s.forEngine(name)
	if err != nil {
		return nil, err
	}
	s.Run = false
	found, err := db.Describe(ctx, scan.Table)
	if err != nil || !found.Exists || found.View || found.Virtual {
		return nil, err
	}
	candidates := candidatesOf(s.SQL, scan, &found)
	if len(candidates) == 0 {
		return nil, nil
	}
	if name == "postgres" {
		return advisePostgres(ctx, db, s, scan, candidates)
	}
	return adviseSQLite(ctx, db, s, scan, candidates)
}

// advisePostgres tries indexes on an empty copy of the table, which stands before it in the search path.
func advisePostgres(ctx context.Context, db *prom.DB, s Statement, scan *Node, candidates [][]string) (*Index, error) {
	if strings.Contains(scan.Table, ".") {
		return nil, nil // a temporary table cannot stand for a name with a schema
	}
	tx, err := begin(ctx, db)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	d := db.Dialect()
	table := d.Quote(scan.Table)
	if _, err := tx.ExecContext(ctx, "CREATE TEMPORARY TABLE "+table+" (LIKE "+table+
		" INCLUDING INDEXES INCLUDING STATISTICS) ON COMMIT DROP; SET LOCAL enable_seqscan = off"); err != nil {
		return nil, nil //nolint:nilerr // no privilege, or a standby
	}
	return try(ctx, tx, db, "pg_temp."+table, "postgres", s, scan, candidates)
}

// adviseSQLite tries indexes on a copy of the database in memory, which has its tables and no rows.
func adviseSQLite(ctx context.Context, db *prom.DB, s Statement, scan *Node, candidates [][]string) (*Index, error) {
	handle, err := db.SQL(ctx)
	if err != nil {
		return nil, err
	}
	made, err := definitions(ctx, handle)
	if err != nil {
		return nil, err
	}
	r := &prom.Registry{}
	memory, err := r.Open("sqlite::memory:")
	if err != nil {
		return nil, err
	}
	defer func() { _ = memory.Close() }()
	copied, err := memory.SQL(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := copied.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	for _, sql := range made {
		if _, err := tx.ExecContext(ctx, sql); err != nil {
			continue // such as a table of a module that this program does not have: the plan says whether it matters
		}
	}
	return try(ctx, tx, db, db.Dialect().Quote(scan.Table), "sqlite", s, scan, candidates)
}

func definitions(ctx context.Context, q querier) (list []string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT sql FROM sqlite_schema
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND type IN ('table', 'view', 'index')
		ORDER BY type = 'index', type = 'view', rowid`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var sql string
		if err := rows.Scan(&sql); err != nil {
			return nil, err
		}
		list = append(list, sql)
	}
	return list, rows.Err()
}

// try makes each candidate in turn, and returns the first that the engine takes for the table.
func try(ctx context.Context, tx *sql.Tx, db *prom.DB, table, dialect string, s Statement, scan *Node,
	candidates [][]string,
) (*Index, error) {
	before, err := explain(ctx, tx, dialect, s)
	if err != nil {
		return nil, nil //nolint:nilerr // the copy lacks what the statement names
	}
	var cols []string
	for _, candidate := range candidates {
		cols = cols[:0]
		for _, c := range candidate {
			cols = append(cols, db.Dialect().Quote(c))
		}
		if _, err := tx.ExecContext(ctx, "SAVEPOINT prom_trial"); err != nil {
			return nil, err
		}
		_, err := tx.ExecContext(ctx, "CREATE INDEX "+trial+" ON "+table+" ("+strings.Join(cols, ", ")+")")
		var p *Plan
		if err == nil {
			p, err = explain(ctx, tx, dialect, s)
		}
		if _, back := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT prom_trial"); back != nil {
			return nil, back
		}
		if err == nil && takes(before, p) {
			return &Index{Table: scan.Table, Columns: candidate, Sorted: before.Sorted() && !p.Sorted()}, nil
		}
	}
	return nil, nil
}

// takes reports whether a plan looks something up in the trial index, or reads rows in its order where they were sorted
// before: to read it whole instead of the table is no gain.
func takes(before, p *Plan) (yes bool) {
	spared := before.Sorted() && !p.Sorted()
	p.Walk(func(n *Node) {
		if n.Index == trial && (spared || !n.Whole && (n.Cond != "" || strings.HasPrefix(n.Step, "SEARCH"))) {
			yes = true
		}
	})
	return yes
}

// token matches a token of SQL: a name in quotes, a text, a word, a placeholder, a number or a sign.
var token = regexp.MustCompile(`"(?:[^"]|"")*"|'(?:[^']|'')*'|` +
	`[\pL_][\pL\pN_$]*|[$?]\d+|\?|[0-9.]+|<=|>=|<>|!=|::|!?~~?\*?|[^\s]`)

func tokens(sql string) []string { return token.FindAllString(sql, -1) }

// name returns the name that a token is, or "".
func name(t string) string {
	if strings.HasPrefix(t, `"`) && len(t) > 1 {
		return strings.ReplaceAll(t[1:len(t)-1], `""`, `"`)
	}
	return t
}

// aliasesOf returns what tables the aliases of a statement stand for: a word behind FROM, JOIN, UPDATE or INTO, or a
// comma between tables, and the word behind it.
func aliasesOf(sql string) map[string]string {
	list, aliases := tokens(sql), map[string]string{}
	for i, t := range list {
		switch strings.ToUpper(t) {
		case "FROM", "JOIN", "UPDATE", "INTO", ",":
		default:
			continue
		}
		if i+2 >= len(list) {
			continue
		}
		table, next := name(list[i+1]), list[i+2]
		if next == "." && i+4 < len(list) {
			table, next = strings.TrimPrefix(table+"."+name(list[i+3]), "main."), list[i+4]
		}
		if strings.EqualFold(next, "AS") {
			if next = ""; i+5 < len(list) && list[i+2] == "." {
				next = list[i+5]
			} else if i+3 < len(list) && list[i+2] != "." {
				next = list[i+3]
			}
		}
		if alias := name(next); alias != "" && !keyword(next) {
			aliases[alias] = table
		}
	}
	return aliases
}

func keyword(t string) bool {
	switch strings.ToUpper(t) {
	case "WHERE", "ON", "USING", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "ORDER", "GROUP", "LIMIT",
		"SET", "VALUES", "SELECT", "UNION", "EXCEPT", "INTERSECT", "HAVING", "WINDOW", "RETURNING", "INDEXED", "NOT",
		"DEFAULT", "OFFSET", "FOR", "AS", "DESC", "ASC":
		return true
	}
	return !(t[0] == '"' || t[0] == '_' || t[0] >= 'a' && t[0] <= 'z' || t[0] >= 'A' && t[0] <= 'Z' || t[0] >= 0x80)
}

// candidatesOf returns the columns of indexes that may serve a scan, best first: those that conditions compare with =,
// then one of an order or a range.
func candidatesOf(sql string, scan *Node, found *schema.Found) (list [][]string) {
	column := func(t string) string {
		for i := range found.Columns {
			if c := found.Columns[i].Name; c == name(t) || found.FoldNames && strings.EqualFold(c, name(t)) {
				return c
			}
		}
		return ""
	}
	text := sql
	if scan.Keeps != "" {
		text = scan.Keeps + " ORDER BY " + orderOf(sql)
	}
	var equal, ranged, order []string
	add := func(to *[]string, c string) {
		if !slices.Contains(*to, c) {
			*to = append(*to, c)
		}
	}
	toks, ordering := tokens(text), false
	for i, t := range toks {
		switch strings.ToUpper(t) {
		case "ORDER":
			ordering = true
		case "LIMIT", "OFFSET", "WHERE", "GROUP", "SELECT", "FROM":
			ordering = false
		}
		c := column(t)
		if c == "" || !ofTable(toks, i, scan) {
			continue
		}
		if ordering {
			add(&order, c)
			continue
		}
		switch compared(toks, i) {
		case "=", "IN", "IS":
			add(&equal, c)
		case "<", "<=", ">", ">=", "BETWEEN":
			add(&ranged, c)
		}
	}
	isEqual := func(c string) bool { return slices.Contains(equal, c) }
	ranged = slices.DeleteFunc(ranged, isEqual)
	put := func(cols ...string) {
		known := slices.ContainsFunc(list, func(l []string) bool { return slices.Equal(l, cols) })
		if len(cols) > 0 && len(cols) <= 4 && !known {
			list = append(list, slices.Clone(cols))
		}
	}
	order = slices.DeleteFunc(order, isEqual)
	if len(order) > 0 {
		put(slices.Concat(equal, order)...)
	}
	if len(ranged) > 0 {
		put(append(slices.Clone(equal), ranged[0])...)
	}
	put(equal...)
	for _, c := range slices.Concat(equal, ranged) {
		put(c)
	}
	return list
}

// orderOf returns the last ORDER BY of a statement up to its LIMIT.
func orderOf(sql string) string {
	i := strings.LastIndex(strings.ToUpper(sql), "ORDER BY")
	if i < 0 {
		return ""
	}
	return sql[i+len("ORDER BY"):]
}

// ofTable reports whether the column at i is not said to be one of another table.
func ofTable(toks []string, i int, scan *Node) bool {
	if i+1 < len(toks) && (toks[i+1] == "(" || toks[i+1] == ".") || i > 0 && toks[i-1] == "::" {
		return false // a function, a table or a type
	}
	if i < 2 || toks[i-1] != "." {
		return true
	}
	of := name(toks[i-2])
	_, local, _ := strings.Cut(scan.Table, ".")
	return of == scan.Alias || of == scan.Table || of == local && local != ""
}

// compared returns the operator that the column at i stands beside, as it reads with the column on the left; "" for
// none.
func compared(toks []string, i int) string {
	for j := i + 1; j < len(toks); j++ {
		switch t := strings.ToUpper(toks[j]); t {
		case ")": // PostgreSQL writes (name)::text
			continue
		case "::":
			j++ // the type
			continue
		case "=", "<", "<=", ">", ">=", "IN", "BETWEEN", "IS":
			return t
		}
		break
	}
	if i > 0 && toks[i-1] == "." {
		i -= 2
	}
	if i > 0 {
		switch toks[i-1] {
		case "=":
			return "="
		case "<", "<=", ">", ">=":
			return "<"
		}
	}
	return ""
}
