// Prom is the command of package promcli without models: it connects to databases, looks at them, copies them, imports
// and exports rows. With models, make a command of your own: see package promcli.
package main

import "github.com/prom-go/prom/promcli"

func main() { promcli.Main() }
