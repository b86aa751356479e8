package queryplan

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"time"

	"github.com/prom-go/prom"
)

// Lines of EXPLAIN QUERY PLAN, as of SQLite 3.36: SCAN and SEARCH name the table by its alias where it has one, and
// the index or key that they use. Without one a SCAN goes through the table, and with a covering one through the index.
var (
	sqliteScan  = regexp.MustCompile(`^SCAN (?:TABLE )?(\S+|"[^"]*")(?: AS (\S+))?`)
	sqliteRead  = regexp.MustCompile(`^(?:SCAN|SEARCH) (?:TABLE )?(\S+|"[^"]*")`)
	sqliteIndex = regexp.MustCompile(`USING (?:COVERING )?INDEX (\S+|"[^"]*")`)
	sqliteCond  = regexp.MustCompile(`\(([^()]*[=<>][^()]*)\)`)
)

// sqliteNode reads a line. SQLite names a table by its alias alone; aliases says which table that is.
func sqliteNode(line string, aliases map[string]string) *Node {
	n := &Node{Step: line}
	if m := sqliteRead.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], "(") && m[1] != "CONSTANT" {
		n.Table = strings.Trim(m[1], `"`)
		if t, ok := aliases[n.Table]; ok && t != n.Table {
			n.Alias, n.Table = n.Table, t
		}
	}
	if m := sqliteIndex.FindStringSubmatch(line); m != nil {
		n.Index = strings.Trim(m[1], `"`)
	}
	if m := sqliteScan.FindStringSubmatch(line); m != nil && n.Table != "" && !strings.Contains(line, "VIRTUAL TABLE") {
		n.Whole = n.Index == "" || strings.Contains(line, "COVERING INDEX")
	}
	// An automatic index is built at each run, from the whole table.
	if strings.Contains(line, "AUTOMATIC") && n.Table != "" {
		n.Whole, n.Index = true, ""
		if m := sqliteCond.FindStringSubmatch(line); m != nil {
			n.Keeps = m[1]
			n.Step = strings.TrimSpace(strings.Replace(line, "("+m[1]+")", "", 1))
		}
	}
	n.Sorts = strings.HasPrefix(line, "USE TEMP B-TREE")
	return n
}

// sqliteLine is a row of EXPLAIN QUERY PLAN.
type sqliteLine struct {
	ID      int `prom:"name=id"`
	Parent  int `prom:"name=parent"`
	NotUsed int `prom:"name=notused"`
	Detail  string
}

// explainOwn asks for the plan of a statement on a connection of the library, which has the functions and collations in
// Go that its statements use. No plan depends on the arguments.
func explainOwn(ctx context.Context, db *prom.DB, s Statement) (*Plan, error) {
	s, err := s.forEngine("postgres") // whose placeholders the library reads
	if err != nil {
		return nil, err
	}
	lines, err := prom.RawQuery[sqliteLine](db, "EXPLAIN QUERY PLAN "+s.SQL, make([]any, s.places())...).All(ctx)
	if err != nil {
		return nil, err
	}
	p := &Plan{Dialect: "sqlite"}
	nodes, aliases := map[int]*Node{}, aliasesOf(s.SQL)
	for _, l := range lines {
		p.put(nodes, l.ID, l.Parent, sqliteNode(l.Detail, aliases))
	}
	return p, nil
}

// put puts a step below its parent, if it has one.
func (p *Plan) put(nodes map[int]*Node, id, parent int, n *Node) {
	nodes[id] = n
	if above := nodes[parent]; above != nil {
		above.Nodes = append(above.Nodes, n)
	} else {
		p.Root = append(p.Root, n)
	}
}

func explainSQLite(ctx context.Context, tx *sql.Tx, s Statement, aliases map[string]string) (*Plan, error) {
	args := s.Args
	places := s.places()
	for len(args) < places { // those that are missing are NULL, on which no plan depends
		args = append(args[:len(args):len(args)], nil)
	}
	p := &Plan{Dialect: "sqlite"}
	if err := sqliteTree(ctx, tx, p, s.SQL, args, aliases); err != nil || !s.Run {
		return p, err
	}
	start := time.Now()
	rows, err := tx.QueryContext(ctx, s.SQL, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() { // all of them: they are made when they are read
	}
	p.Ran, p.Took = true, time.Since(start)
	return p, rows.Err()
}

func sqliteTree(ctx context.Context, tx querier, p *Plan, text string, args []any, aliases map[string]string) error {
	rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	nodes := map[int]*Node{}
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			return err
		}
		p.put(nodes, id, parent, sqliteNode(line, aliases))
	}
	return rows.Err()
}

// querier is a *sql.DB, *sql.Conn or *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
