package main

import (
	"time"

	"github.com/prom-go/prom"
)

// Issue is something to do. The exported fields are the columns of the table issue.
type Issue struct {
	prom.Model            // id, created and updated
	Title      string     `prom:"size=1..200" json:"title"`
	Body       string     `json:"body"`
	Closed     *time.Time `json:"closed"` // nil while the issue is open
}

// issues stores the issues. It connects when it is first used.
var issues = prom.NewRepo[Issue]()

// Handles are the fields of an issue in queries.
var (
	issue      = prom.Proto[Issue]()
	issueTitle = prom.TextOf(issue, &issue.Title)
	issueBody  = prom.TextOf(issue, &issue.Body)
)
