package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
)

// Issue is changed by many at once, and never lost.
type Issue struct {
	prom.Model
	Code    string `prom:"unique"`
	State   string `prom:"default=open"`
	Votes   int
	Version int        `prom:"version"`
	Gone    *time.Time `prom:"deleted"`
}

// IssueLog is what is kept of issues.
type IssueLog struct {
	prom.Model
	Code  string
	Votes int
}

var (
	issue      = prom.Proto[Issue]()
	issueLog   = prom.Proto[IssueLog]()
	IssueCode  = prom.TextOf(issue, &issue.Code)
	IssueState = prom.TextOf(issue, &issue.State)
	IssueVotes = prom.NumberOf(issue, &issue.Votes)
	LogCode    = prom.TextOf(issueLog, &issueLog.Code)
	LogVotes   = prom.NumberOf(issueLog, &issueLog.Votes)
)

func openIssues(name string) (context.Context, *prom.DB, *prom.Repo[Issue]) {
	db, err := prom.Open("sqlite://:memory:#" + name)
	if err != nil {
		log.Fatal(err)
	}
	return context.Background(), db, prom.NewRepo[Issue](prom.Using(db))
}

// A value that somebody else has changed since it was loaded is not written over their change.
func Example_version() {
	ctx, db, issues := openIssues("version")
	defer db.Close()
	mine := issues.New()
	mine.Code = "T1"
	if err := issues.Create(ctx, mine); err != nil {
		log.Fatal(err)
	}
	theirs, err := issues.Get(ctx, mine.ID)
	if err != nil {
		log.Fatal(err)
	}
	theirs.State = "closed"
	if err := issues.Save(ctx, theirs); err != nil {
		log.Fatal(err)
	}
	mine.Votes = 5
	err = issues.Save(ctx, mine)
	if errors.Is(err, prom.ErrStale) {
		err = issues.Reload(ctx, mine)
	}
	fmt.Println(mine.State, mine.Votes, mine.Version, err)
	// Output: closed 0 2 <nil>
}

// Deleting marks a row, and what reads leaves it out.
func Example_softDelete() {
	ctx, db, issues := openIssues("soft")
	defer db.Close()
	t := Issue{Code: "T1"}
	if err := issues.Create(ctx, &t); err != nil {
		log.Fatal(err)
	}
	if err := issues.Delete(ctx, &t); err != nil {
		log.Fatal(err)
	}
	_, err := issues.Get(ctx, t.ID)
	fmt.Println(errors.Is(err, prom.ErrNotFound), t.Gone != nil)

	gone, err := issues.Query().OnlyDeleted().Count(ctx)
	if err != nil {
		log.Fatal(err)
	}
	again := Issue{Code: "T1"} // the code is free
	err = issues.Create(ctx, &again)
	fmt.Println(gone, err)

	err = issues.Undelete(ctx, &t)
	fmt.Println(errors.Is(err, prom.ErrUnique)) // not any more
	if err := issues.HardDelete(ctx, &again); err != nil {
		log.Fatal(err)
	}
	fmt.Println(issues.Undelete(ctx, &t), t.Gone)
	// Output:
	// true true
	// 1 <nil>
	// true
	// <nil> <nil>
}

// An insert says what happens when the row is there already, and is told what has happened.
func ExampleRepo_OnConflict() {
	ctx, db, issues := openIssues("conflict")
	defer db.Close()
	vote := issues.OnConflict(IssueCode).
		Update(IssueVotes.SetTo(prom.Plus(IssueVotes, prom.Excluded(IssueVotes)))).
		Where(IssueState.Ne("closed"))
	for _, votes := range []int{1, 2} {
		t := Issue{Code: "T1", State: "open", Votes: votes}
		outcome, err := vote.Create(ctx, &t)
		fmt.Println(outcome, t.Votes, err)
	}
	many := []Issue{{Code: "T1"}, {Code: "T2"}, {Code: "T2"}}
	outcomes, err := issues.OnConflict(IssueCode).DoNothing().CreateMany(ctx, many)
	fmt.Println(outcomes, err)
	// Output:
	// inserted 1 <nil>
	// updated 3 <nil>
	// [unchanged inserted unchanged] <nil>
}

// GetOrCreate leaves no moment between looking and inserting.
func ExampleRepo_GetOrCreate() {
	ctx, db, issues := openIssues("get_or_create")
	defer db.Close()
	for range 2 {
		t := Issue{Code: "T1", State: "open"}
		created, err := issues.GetOrCreate(ctx, &t, IssueCode)
		fmt.Println(t.ID, created, err)
	}
	// Output:
	// 1 true <nil>
	// 1 false <nil>
}

// Writes by query return the rows that they changed.
func ExampleUpdateReturning() {
	ctx, db, issues := openIssues("returning")
	defer db.Close()
	list := []Issue{{Code: "T1", Votes: 1}, {Code: "T2", Votes: 5}}
	if err := issues.CreateMany(ctx, list); err != nil {
		log.Fatal(err)
	}
	closed, err := prom.UpdateReturning(ctx, issues.Where(IssueVotes.Gt(3)), IssueState.Set("closed"))
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range closed {
		fmt.Println(t.Code, t.State, t.Version)
	}
	// Output: T2 closed 2
}

// Copy inserts the rows of a query into another table, in the database.
func ExampleCopy() {
	ctx, db, issues := openIssues("copy")
	defer db.Close()
	logs := prom.NewRepo[IssueLog](prom.Using(db))
	if err := issues.CreateMany(ctx, []Issue{{Code: "T1", Votes: 1}, {Code: "T2", Votes: 5}}); err != nil {
		log.Fatal(err)
	}
	n, err := prom.InsertSelect(ctx, logs, issues.Where(IssueVotes.Gt(3)),
		prom.To(LogCode, IssueCode),
		prom.To(LogVotes, prom.Times(IssueVotes, prom.Val(issue, 2))))
	if err != nil {
		log.Fatal(err)
	}
	kept, err := logs.First(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n, kept.Code, kept.Votes)
	// Output: 1 T2 10
}
