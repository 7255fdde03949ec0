import pulumi

inputs = {"allowedModels": ["deepseek-flash"]}  # no other model may be used

# Python takes its attributes from these names: name each output that the program reads.
outputs = {"status": None, "openai": None}

main = pulumi.CustomResource("deepseek:index:DeepSeekConnection", "main", {**inputs, **outputs})

pulumi.export("status", main.status)
pulumi.export("openai", main.openai)
