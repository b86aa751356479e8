// Package promcli is the command prom: it looks at databases, plans and applies changes of schemas, and moves rows.
//
// A team's command knows its models. It is a program of a few lines:
//
//	package main
//
//	import (
//		"github.com/prom-go/prom/promcli"
//		"example.com/shop/store"
//	)
//
//	func main() { promcli.Main(store.Books, store.Authors) }
//
// The plain binary, github.com/prom-go/prom/promcli/cmd/prom, has the same commands without models. Those that need
// models, such as plan and check, say so.
//
// Connections are those of the environment, PROM_DSN, PROM_DSN_1 and so on, by the names in the fragments of their
// DSNs; see package prom. The flag --dsn takes another.
//
// # Exit codes
//
//	0    done
//	1    it failed; the reason is on the standard error
//	2    the arguments are wrong
//	3    the database contradicts the models, or a file contradicts what it was made from
//	130  interrupted; nothing is half done, and the same command goes on
//
// With --json a command writes its result as JSON, and its error as {"error": {"code": …, "message": …}} on the
// standard error. Colours are used on a terminal alone, and not when NO_COLOR is set (https://no-color.org).
package promcli
