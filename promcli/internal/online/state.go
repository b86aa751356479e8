package online

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// phaseSwapped is a state's phase between the swap and the end.
const phaseSwapped = "swapped"

// stateKey is the advisory lock under which the table prom_alter is created and dropped.
const stateKey = "SELECT pg_advisory_xact_lock(1886547824, 1)"

// state is a row of prom_alter, which is in the schema of the table.
type state struct {
	Column  string
	Type    string // as PostgreSQL writes it, with its collation
	Given   string // as the user wrote it
	Using   string
	KeepOld bool
	Phase   string
	Last    string   // the key of the last row that the phase is through with, a JSON array of texts; "" for none
	End     string   // the key of the last row that it has to do with; "" for not known yet
	Rows    int64    // of the table that the backfill is through with
	Todo    []string // statements after the swap
}

func (t *table) state() string { return quote(t.Space) + "." + quote(stateName) }

func (t *table) createState() string {
	return "CREATE TABLE IF NOT EXISTS " + t.state() + ` (table_name text PRIMARY KEY, column_name text NOT NULL,
	new_type text NOT NULL, given_type text NOT NULL, using_expression text NOT NULL, keep_old boolean NOT NULL,
		phase text NOT NULL,
	last_key text NOT NULL, end_key text NOT NULL, done_rows bigint NOT NULL, todo text[] NOT NULL,
		started timestamptz NOT NULL)`
}

// findState reads the row of an alteration; nil for none.
func (s *session) findState(ctx context.Context, t *table) (*state, error) {
	var there bool
	err := s.row(ctx, "SELECT to_regclass($1::text) IS NOT NULL", []any{t.state()}, &there)
	if err != nil || !there {
		return nil, err
	}
	found, err := list[state](ctx, s, `SELECT column_name AS column, new_type AS type, given_type AS given,
		using_expression AS using,
		keep_old AS keepold, phase, last_key AS last, end_key AS end, done_rows AS rows, todo FROM `+t.state()+
		" WHERE table_name = $1::text", t.Name)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// continues checks that a request is that of an alteration which is under way, and completes it.
func (st *state) continues(req *Request, t *table) error {
	same := st.Column == req.Column &&
		(req.Type == "" && req.Using == "" && !req.KeepOld ||
			(req.Type == st.Given || req.Type == st.Type) && req.Using == st.Using && req.KeepOld == st.KeepOld)
	if !same {
		text := fmt.Sprintf("prom alter %s %s --type %s", req.Table, st.Column, st.Given)
		if st.Using != "" {
			text += " --using …"
		}
		if st.KeepOld {
			text += " --keep-old"
		}
		return fmt.Errorf("another alteration of table %s is under way: go on with %q, or take it back with "+
			"\"prom alter %s %s --abort\"", req.Table, text, req.Table, st.Column)
	}
	req.Type, req.Using, req.KeepOld = st.Given, st.Using, st.KeepOld
	return nil
}

// key reads a key of a state.
func key(text string) (key []string) {
	if text != "" {
		_ = json.Unmarshal([]byte(text), &key)
	}
	return key
}

// keyText writes it.
func keyText(key []string) string {
	if key == nil {
		return ""
	}
	text, _ := json.Marshal(key)
	return string(text)
}

// enter writes that a phase begins.
func (s *session) enter(ctx context.Context, t *table, st *state, phase string) error {
	st.Phase, st.Last, st.End = phase, "", ""
	return s.exec(ctx, "UPDATE "+t.state()+" SET phase = "+literal(phase)+", last_key = '', end_key = '' "+
		"WHERE table_name = "+literal(t.Name))
}

// conversion is the expression of the new value, of a row whose columns are in scope.
func (s *session) conversion() string {
	if s.req.Using != "" {
		return "(" + s.req.Using + ")"
	}
	return quote(s.req.Column)
}

// pinned are the settings on which a conversion may depend. A writer's own may differ from those of this session.
var pinned = []string{"search_path", "TimeZone", "DateStyle", "IntervalStyle", "bytea_output", "extra_float_digits",
	"xmloption",
	"lc_monetary"}

// assign is PL/pgSQL that sets a variable to the conversion of a row.
func (s *session) assign(t *table, to, row string) string {
	if s.req.Using == "" {
		return to + " := " + row + "." + quote(s.req.Column) + ";"
	}
	return "SELECT (" + s.req.Using + ") INTO " + to + " FROM (SELECT " + row + ".*) AS " + quote(t.Name) + ";"
}

// function is the name of the trigger's function.
func (t *table) function() string {
	return fmt.Sprintf("%s.%s", quote(t.Space), quote(fmt.Sprintf("prom_alter_%d", t.OID)))
}

// addShadow adds the shadow column, its trigger and the state, in one transaction.
func (s *session) addShadow(ctx context.Context, t *table, d *definitions) (*state, error) {
	s.say(PhaseShadow, "add the shadow column and its trigger")
	var settings strings.Builder
	if !d.safe {
		for _, name := range pinned {
			settings.WriteString(" SET " + name + " FROM CURRENT")
		}
	}
	body := "\n#variable_conflict use_column\nBEGIN " + s.assign(t, "NEW."+quote(shadowName), "NEW") + " RETURN NEW; END\n"
	st := &state{Column: s.req.Column, Type: d.column(), Given: s.req.Type, Using: s.req.Using, KeepOld: s.req.KeepOld,
		Phase: PhaseCopy}
	err := s.briefly(ctx, PhaseShadow, "LOCK TABLE "+t.sql()+" IN ACCESS EXCLUSIVE MODE", []uint32{t.OID},
		stateKey,
		t.createState(),
		fmt.Sprintf("INSERT INTO %s VALUES (%s, %s, %s, %s, %s, %t, %s, '', '', 0, '{}', now())", t.state(), literal(t.Name),
			literal(st.Column), literal(st.Type), literal(st.Given), literal(st.Using), st.KeepOld, literal(st.Phase)),
		"ALTER TABLE "+t.sql()+" ADD COLUMN "+quote(shadowName)+" "+d.column(),
		"CREATE FUNCTION "+t.function()+"() RETURNS trigger LANGUAGE plpgsql"+settings.String()+" AS "+dollar(body),
		"CREATE TRIGGER "+quote(triggerName)+" BEFORE INSERT OR UPDATE ON "+t.sql()+" FOR EACH ROW EXECUTE FUNCTION "+
			""+t.function()+"()",
		// Rows that a subscription applies come with session_replication_role = replica, and so do those of the backfill.
		"ALTER TABLE "+t.sql()+" ENABLE ALWAYS TRIGGER "+quote(triggerName))
	if err != nil {
		return nil, fmt.Errorf("add the shadow column: %w", err)
	}
	t.Shadow = true
	return st, nil
}

// restoreSettings gives this session the settings with which an earlier run made the conversion.
func (s *session) restoreSettings(ctx context.Context, t *table) error {
	settings, err := s.texts(ctx, `SELECT unnest(p.proconfig) FROM pg_catalog.pg_trigger g
		JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
		WHERE g.tgrelid = $1::oid AND g.tgname = $2::text`, t.OID, triggerName)
	if err != nil {
		return err
	}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		if !slices.Contains(pinned, name) {
			continue
		}
		var now string
		if err := s.row(ctx, "SELECT set_config($1::text, $2::text, false)", []any{name, value}, &now); err != nil {
			return err
		}
	}
	return nil
}
