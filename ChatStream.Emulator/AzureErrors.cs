using System.Globalization;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator;

/// <summary>Azure's error responses, with its bodies and headers.</summary>
public static class AzureErrors
{
    private const string InvalidRequestError = "invalid_request_error";

    private const string PromptFilteredMessage =
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
        + " Please modify your prompt and retry. To learn more about our content filtering policies please read our"
        + " documentation: https://go.microsoft.com/fwlink/?linkid=2198766";

    private const string UnauthorizedMessage =
        "Access denied due to invalid subscription key or wrong API endpoint."
        + " Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your"
        + " resource.";

    private const string DeploymentNotFoundMessage =
        "The API deployment for this resource does not exist."
        + " If you created the deployment within the last 5 minutes, please wait a moment and try again.";

    private const string ContextLengthMessage =
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130042 tokens."
        + " Please reduce the length of the messages.";

    /// <param name="resultName"><c>content_filter_result</c> or <c>content_filter_results</c>: services send both.</param>
    /// <param name="selfHarm"><c>self_harm</c> or <c>self-harm</c>: services send both.</param>
    public static Script PromptFiltered(string resultName = "content_filter_result", string selfHarm = "self_harm")
    {
        var found = ContentFilters.FilteredPrompt.Replace("self_harm", selfHarm, StringComparison.Ordinal);
        return Script.Error(400,
            $$"""{"error":{"message":{{JsonText.Literal(PromptFilteredMessage)}},"type":null"""
            + $$""","param":"prompt","code":"content_filter","status":400"""
            + $$$$""","innererror":{"code":"ResponsibleAIPolicyViolation","{{{{resultName}}}}":{{{{found}}}}}}}""");
    }

    public static Script Unauthorized() => OfGateway(401, "401", UnauthorizedMessage);

    public static Script AccessDenied() => OfGateway(403, "403", "Access denied due to Virtual Network/Firewall rules.");

    public static Script DeploymentNotFound() => OfGateway(404, "DeploymentNotFound", DeploymentNotFoundMessage);

    public static Script ResourceNotFound() => OfGateway(404, "404", "Resource not found");

    public static Script EncryptedContentUnsupported() =>
        Full(400, "Encrypted content is not supported with this model.", InvalidRequestError, "include", null);

    /// <summary>A value that no model takes.</summary>
    public static Script Invalid(string message, string parameter) =>
        Full(400, message, InvalidRequestError, parameter, "invalid_value");

    /// <summary>Encrypted reasoning that another deployment made, or that is broken.</summary>
    public static Script UnverifiedReasoning(string item) => Full(400,
        $"The encrypted content for item {item} could not be verified."
        + " Reason: Encrypted content could not be decrypted or parsed.",
        InvalidRequestError, null, "invalid_encrypted_content");

    /// <summary>DeepSeek's words for an answer with calls that comes back without its reasoning.</summary>
    public static Script ReasoningNotReturned() => Full(400,
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
        InvalidRequestError, null, InvalidRequestError);

    /// <summary>An item of an earlier answer that is only named.</summary>
    public static Script ItemNotFound(string item) => Full(404,
        $"Item with id '{item}' not found. Items are not persisted when `store` is set to false."
        + " Try again with `store` set to true, or remove this item from your input.", InvalidRequestError, "input", null);

    /// <summary>A response that is not kept, or never was.</summary>
    public static Script ResponseNotFound(string id) =>
        Full(404, $"Response with id '{id}' not found.", InvalidRequestError, null, null);

    /// <param name="retryAfter">Some services say a day and more. Null leaves the headers out, as some services do.</param>
    public static Script RateLimited(TimeSpan? retryAfter)
    {
        var seconds = Math.Ceiling(retryAfter?.TotalSeconds ?? 60).ToString(CultureInfo.InvariantCulture);
        var refusal = Short(429, "429",
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate"
            + $" limit of your current OpenAI S0 pricing tier. Please retry after {seconds} seconds. Please go here:"
            + " https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.")
            .Header("x-ratelimit-remaining-requests", "0")
            .Header("x-ratelimit-remaining-tokens", "0")
            .Header("x-ratelimit-reset-tokens", seconds);
        return retryAfter is not { } wait ? refusal : refusal
            .Header("Retry-After", seconds)
            .Header("retry-after-ms", ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    public static Script ContextLengthExceeded() =>
        Full(400, ContextLengthMessage, InvalidRequestError, "messages", "context_length_exceeded");

    /// <param name="parameter">The parameter that the model does not have.</param>
    /// <param name="instead">Its replacement; null: there is none.</param>
    public static Script UnsupportedParameter(string parameter = "max_tokens", string? instead = "max_completion_tokens") =>
        Full(400, $"Unsupported parameter: '{parameter}' is not supported with this model."
            + (instead is null ? "" : $" Use '{instead}' instead."),
            InvalidRequestError, parameter, "unsupported_parameter");

    /// <summary>How the dated chat completions refuse names that they do not know, whatever the model.</summary>
    public static Script Unrecognized(IReadOnlyList<string> parameters) => Full(400,
        $"Unrecognized request argument{(parameters.Count > 1 ? "s" : "")} supplied: {string.Join(", ", parameters)}",
        InvalidRequestError, null, null);

    /// <summary>How v1 and Responses refuse a name that they do not know.</summary>
    public static Script UnknownParameter(string parameter) =>
        Full(400, $"Unknown parameter: '{parameter}'.", InvalidRequestError, parameter, "unknown_parameter");

    public static Script MissingParameter(string parameter) => Full(
        400, $"Missing required parameter: '{parameter}'.", InvalidRequestError, parameter, "missing_required_parameter");

    public static Script EmptyArray(string parameter) => Full(400,
        $"Invalid '{parameter}': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        InvalidRequestError, parameter, "empty_array");

    /// <param name="parameter">The parameter.</param>
    /// <param name="kinds">What it may be.</param>
    /// <param name="got">What it is.</param>
    public static Script InvalidType(string parameter, IReadOnlyList<string> kinds, string got) => Full(400,
        $"Invalid type for '{parameter}': expected {(kinds.Count > 1 ? "one of " : "")}{string.Join(" or ", kinds)},"
        + $" but got {got} instead.", InvalidRequestError, parameter, "invalid_type");

    /// <param name="parameter">The parameter.</param>
    /// <param name="value">Its value, as JSON.</param>
    /// <param name="usual">The only value that is taken.</param>
    public static Script OnlyTheDefault(string parameter, string value, string usual) => Full(400,
        $"Unsupported value: '{parameter}' does not support {value} with this model."
        + $" Only the default ({usual}) value is supported.", InvalidRequestError, parameter, "unsupported_value");

    public static Script UnsupportedValue(string parameter, string value, string model, IReadOnlyList<string> supported) => Full(
        400, $"Unsupported value: '{value}' is not supported with the '{model}' model."
        + $" Supported values are: {string.Join(", ", supported.Select(known => $"'{known}'"))}.",
        InvalidRequestError, parameter, "unsupported_value");

    /// <summary>A part of a message that the interface does not have.</summary>
    public static Script InvalidValue(string value, IReadOnlyList<string> supported, string parameter) => Full(400,
        $"Invalid value: '{value}'. Supported values are: {string.Join(", ", supported.Select(known => $"'{known}'"))}.",
        InvalidRequestError, parameter, "invalid_value");

    /// <summary>An image for a model that sees none.</summary>
    public static Script ImagesUnsupported(bool isForResponses, string parameter) => Full(400,
        $"Invalid content type. {(isForResponses ? "input_image" : "image_url")} is only supported by certain models.",
        InvalidRequestError, parameter, null);

    public static Script UnsupportedImage(string parameter) => Full(400,
        "You uploaded an unsupported image. Please make sure your image has of one the following formats:"
        + " ['png', 'jpeg', 'gif', 'webp'].", InvalidRequestError, parameter, "invalid_image_format");

    public static Script ImageNotFetched(string parameter) => Full(
        400, "Failed to download image.", InvalidRequestError, parameter, "invalid_image_url");

    public static Script TooManyImages(int most) => Full(
        400, $"Too many images in request. Max is {most}.", InvalidRequestError, null, "too_many_images");

    /// <summary>Chat completions asked of a model that has only Responses.</summary>
    public static Script ChatUnsupported(string model) => Short(400, "OperationNotSupported",
        $"The chatCompletion operation does not work with the specified model, {model}. Please choose different model and try"
        + " again. You can learn more about which models can be used with each operation here:"
        + " https://go.microsoft.com/fwlink/?linkid=2197993.");

    /// <summary>OpenAI's words for the same.</summary>
    public static Script OnlyInResponses() => Full(404,
        "This model is only supported in v1/responses and not in v1/chat/completions.", InvalidRequestError, "model", null);

    public static Script OperationUnsupported() => Short(400, "OperationNotSupported", "The requested operation is unsupported.");

    public static Script ToolsNeedResponses(string model) => Full(400,
        $"Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. To use function tools, use"
        + " /v1/responses or set reasoning_effort to 'none'.", InvalidRequestError, "reasoning_effort", null);

    /// <summary>A server that checks requests against a schema names all it does not know at once.</summary>
    public static Script ExtraForbidden(IEnumerable<string> parameters)
    {
        var details = parameters.Select(name =>
            $$"""{"type":"extra_forbidden","loc":["body","{{name}}"],"msg":"Extra inputs are not permitted"}""");
        return Script.Error(422, """{"error":{"code":"Invalid input","status":422,"message":"invalid input error","""
            + $"\"details\":[{string.Join(',', details)}]}}}}");
    }

    public static Script BadRequest(string message) => Short(400, "BadRequest", message);

    public static Script InvalidRequest(string message) => Full(400, message, InvalidRequestError, null, null);

    public static Script ServerError() => Full(500, "The server had an error while processing your request. Sorry about that!",
        "server_error", null, "InternalServerError");

    public static Script ServiceUnavailable() =>
        Short(503, "ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later.");

    private static Script Short(int status, string code, string message) => Script.Error(status, ShortBody(code, message));

    private static Script OfGateway(int status, string code, string message) =>
        Script.GatewayError(status, ShortBody(code, message));

    private static string ShortBody(string code, string message) =>
        $$$"""{"error":{"code":"{{{code}}}","message":{{{JsonText.Literal(message)}}}}}""";

    private static Script Full(int status, string message, string type, string? param, string? code) => Script.Error(status,
        $$$"""{"error":{"message":{{{JsonText.Literal(message)}}},"type":{{{JsonText.Literal(type)}}}"""
        + $$$""","param":{{{JsonText.LiteralOrNull(param)}}},"code":{{{JsonText.LiteralOrNull(code)}}}}}""");
}
