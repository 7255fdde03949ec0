import { yaml } from "./languages.ts";
import { tellStory } from "./story.ts";

tellStory(yaml);
