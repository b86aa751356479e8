package main

import (
	"time"

	"github.com/prom-go/prom"
)

// Invoice is what a customer has to pay.
type Invoice struct {
	prom.Model
	Customer  string `prom:"size=1..100"`
	Cents     int    `prom:"min=1"`
	Due       time.Time
	Paid      *time.Time
	Reminders int
}
