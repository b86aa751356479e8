package queryplan

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// pgNode is a node of EXPLAIN (FORMAT JSON); see "EXPLAIN" in PostgreSQL's manual, and ExplainNode in its source.
type pgNode struct {
	NodeType  string   `json:"Node Type"`
	Strategy  string   `json:"Strategy"`
	JoinType  string   `json:"Join Type"`
	Operation string   `json:"Operation"`
	Schema    string   `json:"Schema"`
	Relation  string   `json:"Relation Name"`
	Alias     string   `json:"Alias"`
	CTE       string   `json:"CTE Name"`
	Subplan   string   `json:"Subplan Name"`
	Index     string   `json:"Index Name"`
	IndexCond string   `json:"Index Cond"`
	Recheck   string   `json:"Recheck Cond"`
	HashCond  string   `json:"Hash Cond"`
	MergeCond string   `json:"Merge Cond"`
	JoinCond  string   `json:"Join Filter"`
	Filter    string   `json:"Filter"`
	SortKey   []string `json:"Sort Key"`
	PlanRows  float64  `json:"Plan Rows"`
	Rows      *float64 `json:"Actual Rows"` // of one loop
	Loops     float64  `json:"Actual Loops"`
	Total     float64  `json:"Actual Total Time"` // ms, of one loop
	Removed   float64  `json:"Rows Removed by Filter"`
	Plans     []pgNode `json:"Plans"`
}

// parsePostgres reads what EXPLAIN (FORMAT JSON) has returned.
func parsePostgres(text string) (*Plan, error) {
	var list []struct {
		Plan      pgNode
		Planning  *float64 `json:"Planning Time"`
		Execution *float64 `json:"Execution Time"`
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("the plan of PostgreSQL cannot be read: %w", err)
	}
	if len(list) == 0 {
		return nil, errors.New("PostgreSQL has returned no plan")
	}
	p := &Plan{Dialect: "postgres", Root: []*Node{list[0].Plan.node()}}
	if list[0].Execution != nil {
		p.Ran, p.Took = true, milliseconds(*list[0].Execution)
		if list[0].Planning != nil {
			p.Planning = milliseconds(*list[0].Planning)
		}
	}
	return p, nil
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

func (g *pgNode) node() *Node {
	n := &Node{
		Step: g.NodeType, Table: g.Relation, Index: g.Index, Keeps: g.Filter, Planned: g.PlanRows,
		Whole: g.NodeType == "Seq Scan" || g.NodeType == "Sample Scan",
		Sorts: g.NodeType == "Sort" || g.NodeType == "Incremental Sort",
		Sort:  strings.Join(g.SortKey, ", "),
	}
	if g.NodeType == "ModifyTable" && g.Operation != "" {
		n.Step = g.Operation
	}
	if g.JoinType != "" && g.JoinType != "Inner" {
		n.Step += " (" + g.JoinType + ")"
	}
	if g.Subplan != "" {
		n.Step = g.Subplan + ": " + n.Step
	}
	if g.Alias != g.Relation {
		n.Alias = g.Alias
	}
	if g.Schema != "" && g.Schema != "public" && !strings.HasPrefix(g.Schema, "pg_temp") {
		n.Table = g.Schema + "." + n.Table
	}
	if n.Table == "" {
		n.Table = g.CTE
	}
	for _, cond := range []string{g.IndexCond, g.Recheck, g.HashCond, g.MergeCond, g.JoinCond} {
		if cond != "" {
			n.Cond = cond
			break
		}
	}
	if g.Rows != nil {
		n.Loops = g.Loops
		n.Rows, n.Dropped, n.Took = *g.Rows*g.Loops, g.Removed*g.Loops, milliseconds(g.Total*g.Loops)
	}
	for i := range g.Plans {
		n.Nodes = append(n.Nodes, g.Plans[i].node())
	}
	return n
}

// explainPostgres asks for the plan of a statement in a transaction. Without arguments it is the generic plan, which a
// prepared statement has (the setting plan_cache_mode), so that a statement of a log can be explained as it stands.
func explainPostgres(ctx context.Context, tx *sql.Tx, s Statement) (*Plan, error) {
	options := "(FORMAT JSON, VERBOSE false"
	if s.Run {
		options += ", ANALYZE, BUFFERS false"
	}
	options += ") "
	places := s.places()
	var text string
	var err error
	switch {
	case places == 0 || len(s.Args) > 0:
		err = tx.QueryRowContext(ctx, "EXPLAIN "+options+s.SQL, s.Args...).Scan(&text)
	case s.Run:
		return nil, errors.New("to run the statement takes its arguments")
	default:
		if _, err = tx.ExecContext(ctx, "SET LOCAL plan_cache_mode = force_generic_plan"); err != nil {
			return nil, err
		}
		const name = "prom_queryplan"
		if _, err = tx.ExecContext(ctx, "PREPARE "+name+" AS "+s.SQL); err != nil {
			return nil, err
		}
		null := strings.TrimSuffix(strings.Repeat("NULL, ", places), ", ")
		err = tx.QueryRowContext(ctx, "EXPLAIN "+options+"EXECUTE "+name+"("+null+")").Scan(&text)
		if err == nil {
			_, err = tx.ExecContext(ctx, "DEALLOCATE "+name)
		}
	}
	if err != nil {
		return nil, err
	}
	return parsePostgres(text)
}
