//go:build !cgo

package main

func init() { leftOut = append(leftOut, "mattn/go-sqlite3: it needs cgo, which is off") }
