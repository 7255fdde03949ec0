// Creates what WANTED says, with generic resources, which know the plugin by its names only. Runs inline, by Pulumi's Automation API:
// `program preview | up | refresh | destroy`, with the flags of `pulumi` that it knows.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/debug"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type given struct {
	BaseURL string
	Wanted  struct {
		Clear      map[string]string
		Configured []string
		Explicit   *struct{ Name, APIKey string }
		Imported   string
		Got        string
		Models     bool
	}
}

type connection struct {
	pulumi.CustomResourceState
	Status pulumi.StringOutput `pulumi:"status"`
	OpenAI pulumi.MapOutput    `pulumi:"openai"`
}

const connectionType = "deepseek:index:DeepSeekConnection"

func program(ctx *pulumi.Context) error {
	var given given
	if err := json.Unmarshal([]byte(os.Getenv("WANTED")), &given); err != nil {
		return err
	}
	wanted, baseURL := given.Wanted, pulumi.String(given.BaseURL)
	export := func(name string, made *connection) {
		ctx.Export(name+"-status", made.Status)
		ctx.Export(name+"-openai", made.OpenAI)
	}
	connect := func(name string, args pulumi.Map, options ...pulumi.ResourceOption) error {
		var made connection
		err := ctx.RegisterResource(connectionType, name, args, &made, options...)
		export(name, &made)
		return err
	}
	for name, key := range wanted.Clear {
		args := pulumi.Map{"apiKey": pulumi.String(key), "baseUrl": baseURL, "maxAttempts": pulumi.Int(1)}
		if err := connect(name, args); err != nil {
			return err
		}
	}
	for _, name := range wanted.Configured {
		if err := connect(name, nil); err != nil {
			return err
		}
	}
	if explicit := wanted.Explicit; explicit != nil {
		var provider pulumi.ProviderResourceState
		settings := pulumi.Map{"apiKey": pulumi.ToSecret(explicit.APIKey), "baseUrl": baseURL}
		if err := ctx.RegisterResource("pulumi:providers:deepseek", "own", settings, &provider); err != nil {
			return err
		}
		if err := connect(explicit.Name, nil, pulumi.Provider(&provider)); err != nil {
			return err
		}
	}
	if wanted.Imported != "" {
		if err := connect(wanted.Imported, nil, pulumi.Import(pulumi.ID("any-id"))); err != nil {
			return err
		}
	}
	if wanted.Got != "" {
		var made connection
		if err := ctx.ReadResource(connectionType, wanted.Got, pulumi.ID("any-id"), nil, &made); err != nil {
			return err
		}
		export(wanted.Got, &made)
	}
	if wanted.Models {
		var result map[string]any
		if err := ctx.Invoke("deepseek:index:getModels", nil, &result); err != nil {
			return err
		}
		ctx.Export("models", pulumi.ToOutput(result["models"]))
	}
	return nil
}

func run(command string, flags []string) error {
	ctx := context.Background()
	stack, err := auto.SelectStackInlineSource(ctx, "dev", "test", program, auto.WorkDir("."))
	if err != nil {
		return err
	}
	logging := debug.LoggingOptions{Debug: true}
	has := func(flag string) bool { return slices.Contains(flags, flag) }
	switch command {
	case "preview":
		options := []optpreview.Option{optpreview.ProgressStreams(os.Stdout), optpreview.ErrorProgressStreams(os.Stderr)}
		if has("--diff") {
			options = append(options, optpreview.Diff())
		}
		if has("--debug") {
			options = append(options, optpreview.DebugLogging(logging))
		}
		if has("--save-plan") {
			options = append(options, optpreview.Plan("plan.json"))
		}
		_, err = stack.Preview(ctx, options...)
	case "up":
		options := []optup.Option{optup.ProgressStreams(os.Stdout), optup.ErrorProgressStreams(os.Stderr)}
		if has("--debug") {
			options = append(options, optup.DebugLogging(logging))
		}
		if has("--expect-no-changes") {
			options = append(options, optup.ExpectNoChanges())
		}
		_, err = stack.Up(ctx, options...)
	case "refresh":
		_, err = stack.Refresh(ctx, optrefresh.ProgressStreams(os.Stdout), optrefresh.ErrorProgressStreams(os.Stderr))
	case "destroy":
		_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stdout), optdestroy.ErrorProgressStreams(os.Stderr))
	default:
		err = fmt.Errorf("there is no command '%s'", command)
	}
	return err
}

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		// Contains all that was printed, which is on the standard output already.
		os.Exit(1)
	}
}
