package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// connection has the outputs that the program reads.
type connection struct {
	pulumi.CustomResourceState

	Status pulumi.StringOutput `pulumi:"status"`
	OpenAI pulumi.MapOutput    `pulumi:"openai"`
}

// connect is the program.
func connect(ctx *pulumi.Context) error {
	inputs := pulumi.Map{
		"allowedModels": pulumi.ToStringArray([]string{"deepseek-flash"}), // no other model may be used
	}
	var main connection
	if err := ctx.RegisterResource("deepseek:index:DeepSeekConnection", "main", inputs, &main); err != nil {
		return err
	}
	ctx.Export("status", main.Status)
	ctx.Export("openai", main.OpenAI)
	return nil
}
