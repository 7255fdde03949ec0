// Deploys the connection with Pulumi's Automation API. In a program that `pulumi up` runs, main is only `pulumi.Run(connect)`.
package main

import (
	"context"
	"log"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

func main() {
	ctx := context.Background()
	stack, err := auto.SelectStackInlineSource(ctx, "dev", "deepseek-go", connect, auto.WorkDir("."))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := stack.Up(ctx, optup.ProgressStreams(os.Stdout), optup.ErrorProgressStreams(os.Stderr)); err != nil {
		os.Exit(1) // Pulumi has printed why.
	}
}
