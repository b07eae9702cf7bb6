using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The chat page as the user sees it. Only this class has selectors.</summary>
internal sealed class ChatPageObject(IPage page)
{
    private const string Articles = "#conversation > article.message";

    public IPage Page => page;

    public ILocator Heading => page.Locator("#title");

    public ILocator NewChat => page.Locator("a.new-chat");

    /// <summary>The message that a search has found.</summary>
    public ILocator Found => page.Locator($"{Articles}.found > .text");

    public ILocator DemoNotice => page.Locator(".demo");

    /// <summary>The titles in the list, newest first.</summary>
    public ILocator Conversations => page.Locator("#conversations a.open > [data-title]");

    public ConversationListObject List => new(page);

    /// <summary>The button that opens the list on a small screen.</summary>
    public ILocator ConversationsButton => page.Locator(".conversations > summary");

    public ILocator Composer => page.Locator("#composer");

    public ILocator Message => page.GetByLabel("Message", new() { Exact = true });

    public ILocator Model => page.Locator("#model");

    /// <summary>What the chosen model is good for.</summary>
    public ILocator AboutModel => page.Locator("#about-model");

    /// <summary>The button that opens the panel of how answers are to be, and what it says of what was chosen.</summary>
    public ILocator Manner => page.Locator("#composer .manner > summary");

    public ILocator MannerNow => Manner.Locator(".now");

    public ILocator MannerPanel => page.Locator("#composer .manner-panel");

    public ILocator Preset => page.Locator("#preset");

    public ILocator AboutPreset => page.Locator("#about-preset");

    public ILocator Effort => page.Locator("#effort");

    public ILocator Verbosity => page.Locator("#verbosity");

    public ILocator SystemPrompt => page.Locator("#system-prompt");

    /// <summary>The words that say whether a choice is stored.</summary>
    public ILocator MannerSaved => page.Locator("#composer .manner-panel .saved");

    public ILocator FileInput => page.Locator("#file");

    /// <summary>The files of the message that is typed.</summary>
    public ILocator Attached => page.Locator("#composer .files > li:not([aria-busy])");

    /// <summary>The files of the messages that were sent.</summary>
    public ILocator SentFiles => page.Locator($"{Articles} > .files > li");

    /// <summary>The files of the message that is edited, and the button that adds more.</summary>
    public ILocator EditedFiles => page.Locator("form.edit .files > li:not([aria-busy])");

    public ILocator EditFileInput => page.Locator("form.edit input[type=file]");

    /// <summary>Why a file was not taken into the message that is edited.</summary>
    public ILocator EditFileFault => page.Locator("form.edit .files-notice.fault");

    /// <summary>Why a file was not taken.</summary>
    public ILocator FileFault => page.Locator("#composer .files-notice.fault");

    /// <summary>The question whether a pasted text is to be a file.</summary>
    public ILocator FileOffer => page.Locator(".files-notice.offer");

    public ILocator Send => page.Locator("#composer .send");

    public ILocator Stop => page.Locator("#composer .stop");

    /// <summary>The text that explains what Enter does while an answer runs.</summary>
    public ILocator Hint => page.Locator("#composer .hint");

    /// <summary>The text that says that the message waits for the running answer.</summary>
    public ILocator Queued => page.Locator("#composer .queued");

    public ILocator Unqueue => Queued.Locator("[data-action=unqueue]");

    /// <summary>The button that stops the answer and sends the message that waits.</summary>
    public ILocator SendNow => Queued.Locator("[data-action=send-now]");

    /// <summary>When each message was said.</summary>
    public ILocator Times => page.Locator($"{Articles} > .meta > time");

    /// <summary>The button that has the next message answered by a second model too, and the picker of that model.</summary>
    public ILocator Compare => page.Locator("#composer .compare");

    public ILocator SecondModel => page.Locator("#composer .second");

    /// <summary>The text of the answer beside the last one.</summary>
    public ILocator Rival => page.Locator("#conversation > .rival > .text");

    /// <summary>The conversation, while it has room for two answers side by side.</summary>
    public ILocator ComparingLog => page.Locator("#conversation.comparing");

    /// <summary>The models of the two answers.</summary>
    public ILocator Contenders => page.Locator(".contender > span");

    public ILocator Choose => page.GetByRole(AriaRole.Button, new() { Name = "Go on with this" });

    public ILocator Thumb(string rating) => page.Locator($"{Articles}:last-child .feedback [data-rating={rating}]");

    public ILocator FeedbackForm => page.Locator(".feedback-form");

    /// <summary>The words that feedback was not saved, below its answer.</summary>
    public ILocator FeedbackFault => page.Locator($"{Articles} .fault:visible");

    /// <summary>The reason why a message was not sent.</summary>
    public ILocator Refusal => page.Locator("#composer .refusal > span");

    /// <summary>The bar that says what is wrong with the connection, and its buttons.</summary>
    public ILocator Connection => page.Locator("#connection > span");

    public ILocator TryNow => page.Locator("#connection [data-action=try-now]");

    public ILocator TakeBack => page.Locator("#connection [data-action=take-back]");

    public ILocator LoadAgain => page.Locator("#connection [data-action=reload]");

    public ILocator SendAgain => page.Locator("#composer [data-action=resend]");

    /// <summary>The message that is being edited, in its place.</summary>
    public ILocator Edited => page.GetByLabel("Edited message");

    public ILocator CancelEdit => page.Locator("form.edit [data-action=cancel]");

    public ILocator Newest => page.Locator("[data-action=newest]");

    public ILocator Announcement => page.Locator("#announcement");

    public ILocator Shortcuts => page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });

    public ILocator ShortcutsButton => page.Locator("[data-action=shortcuts]");

    public ILocator SingleKeys => Shortcuts.GetByRole(AriaRole.Checkbox);

    /// <summary>The dialog of the settings, and the link that opens it.</summary>
    public ILocator Settings => page.GetByRole(AriaRole.Dialog, new() { Name = "Settings" });

    public ILocator SettingsLink => page.Locator("a[data-action=settings]").First;

    /// <summary>What a new chat offers to begin with.</summary>
    public ILocator Starters => page.Locator(".starters a");

    /// <summary>The conversations that a new chat names.</summary>
    public ILocator Recent => page.Locator(".recent a");

    public ILocator Notice => page.Locator(".banner");

    /// <summary>The field that filters the prompts, and the prompts.</summary>
    public ILocator PromptFilter => page.GetByRole(AriaRole.Combobox, new() { Name = "Find a prompt" });

    public ILocator Prompts => page.GetByRole(AriaRole.Option).Filter(new() { Visible = true });

    /// <summary>The fields of a prompt that are to be filled in.</summary>
    public ILocator PromptFields => page.Locator(".prompt-fields");

    /// <summary>The button beside the title, and the dialog that it opens.</summary>
    public ILocator Share => page.Locator(".head .share");

    public ILocator ShareDays => page.Locator("#share-days");

    public ILocator ShareCreate => page.Locator(".share-form .primary");

    public ILocator ShareEnd => page.Locator(".share-form .danger");

    public ILocator ShareAddress => page.Locator("#share-address");

    public ILocator ShareSaid => page.Locator(".share-sheet .said");

    public ILocator Download => page.Locator(".head .download");

    /// <summary>The button that removes a file of the message that is typed.</summary>
    public ILocator Remove(string name) => Composer.GetByRole(AriaRole.Button, new() { Name = $"Remove {name}" });

    public ILocator RemoveFromEdit(string name) =>
        page.Locator("form.edit").GetByRole(AriaRole.Button, new() { Name = $"Remove {name}" });

    public ILocator Theme(string name) => page.Locator(".segments label").Filter(new() { HasText = name });

    public ILocator Language => page.Locator("#set-language");

    /// <summary>Questions and answers, in order.</summary>
    public ILocator Messages => page.Locator(Articles);

    public ILocator Questions => page.Locator($"{Articles}[data-role=user] > .text");

    public ILocator Answers => page.Locator($"{Articles}[data-role=assistant]");

    /// <summary>The words under a message that was not answered, and its button.</summary>
    public ILocator Unanswered => page.Locator(".unanswered:visible");

    /// <summary>The last one.</summary>
    public AnswerObject Answer => new(Answers.Last);

    public static async Task<ChatPageObject> OpenAsync(IPage page, string path = "/")
    {
        await page.GotoAsync(path);
        return new ChatPageObject(page);
    }

    /// <summary>The rule above which the model does not see the conversation.</summary>
    public ILocator ContextLine => page.Locator("#conversation > .context-line");

    public ILocator Summarise => ContextLine.Locator("[data-action=summarise]");

    /// <summary>The line that says that a summary is in use, and opens it.</summary>
    public ILocator Summary => ContextLine.Locator(".summary > summary");

    public ILocator SummaryShown => ContextLine.Locator(".summary-text");

    public ILocator EditSummary => ContextLine.Locator("[data-action=edit-summary]");

    public ILocator RemoveSummary => ContextLine.Locator("[data-action=remove-summary]");

    /// <summary>The summary that is being written or changed.</summary>
    public ILocator SummaryText => ContextLine.Locator(".summary-form textarea");

    public ILocator SummaryProgress => ContextLine.Locator(".summary-form .words");

    public ILocator SummaryEnding => ContextLine.Locator(".summary-form .ending");

    public ILocator StopSummary => ContextLine.Locator("[data-action=stop-summary]");

    public ILocator DiscardSummary => ContextLine.Locator("[data-action=discard-summary]");

    public ILocator UseSummary => ContextLine.Locator(".summary-form [type=submit]");

    /// <summary>Opens the settings, on a small screen from the list.</summary>
    public async Task OpenSettingsAsync()
    {
        if (await ConversationsButton.IsVisibleAsync() && !await SettingsLink.IsVisibleAsync())
            await ConversationsButton.ClickAsync();
        await SettingsLink.ClickAsync();
        await Assertions.Expect(page.Locator("dialog.settings-dialog")).ToBeVisibleAsync();
    }

    /// <summary>Opens the panel of how answers are to be, if it is closed.</summary>
    public async Task OpenMannerAsync()
    {
        if (!await MannerPanel.IsVisibleAsync())
            await Manner.ClickAsync();
        await Assertions.Expect(MannerPanel).ToBeVisibleAsync();
    }

    /// <summary>Sends what is edited.</summary>
    public async Task EditAsync(string text)
    {
        await Edited.FillAsync(text);
        await Edited.PressAsync(await SendingKeyAsync());
    }

    public AnswerObject AnswerAt(int index) => new(Answers.Nth(index));

    public MessageObject MessageAt(int index) => new(Messages.Nth(index));

    public async Task SendAsync(string text)
    {
        await Message.FillAsync(text);
        await Message.PressAsync(await SendingKeyAsync());
    }

    /// <summary>The key that sends. On a touch screen, Enter alone breaks the line.</summary>
    private async Task<string> SendingKeyAsync() =>
        await page.Locator("html[data-enter=line]").CountAsync() > 0 ? "Control+Enter" : "Enter";

    /// <summary>Sends the form without waiting for the page that answers it.</summary>
    public Task BeginToSendAsync() => Send.DispatchEventAsync("click");

    public Task<double> ScrollTopAsync() => page.EvaluateAsync<double>("() => scrollY");

    /// <summary>
    /// Waits until so much is above and nothing is added: a long text is shown in several frames, each of which moves the page.
    /// </summary>
    public Task UntilStillAsync(int above) => page.WaitForFunctionAsync("""
        above => {
            const { scrollHeight } = document.documentElement;
            window.still = window.heightSeen === scrollHeight ? (window.still ?? 0) + 1 : 0;
            window.heightSeen = scrollHeight;
            return scrollY >= above && window.still >= 5;
        }
        """, above);

    /// <summary>Turns the wheel over the messages until the page has moved that far, once there is so much above.</summary>
    public async Task ScrollUpAsync(int by)
    {
        await UntilStillAsync(by);
        var from = await ScrollTopAsync();
        var size = page.ViewportSize!;
        await page.Mouse.MoveAsync(size.Width * 0.6f, size.Height * 0.4f);
        await page.Mouse.WheelAsync(0, -by);
        await page.WaitForFunctionAsync("top => scrollY <= top", from - by);
    }

    /// <summary>What the form sends, by name.</summary>
    public Task<Dictionary<string, string>> FormFieldsAsync() => page.EvaluateAsync<Dictionary<string, string>>(
        "() => Object.fromEntries(new FormData(document.getElementById('composer')))");

    /// <summary>By how many pixels the page can be scrolled sideways.</summary>
    public Task<int> SidewaysAsync() => page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
}

/// <summary>One answer and what stands under it.</summary>
internal sealed class AnswerObject(ILocator article)
{
    public ILocator Article => article;

    public ILocator Text => article.Locator("> .text");

    public ILocator Reasoning => article.Locator(".reasoning");

    public ILocator ReasoningText => article.Locator(".reasoning-text");

    /// <summary>The panels of its calls of tools.</summary>
    public ILocator Tools => article.Locator(".tool");

    /// <summary>The calls that wait for a decision.</summary>
    public ILocator Asked => article.Locator(".asks .tool");

    public ILocator Who => article.Locator(".who");

    public ILocator Status => article.Locator(".status");

    public ILocator Phase => article.Locator(".phase");

    public ILocator Elapsed => article.Locator(".elapsed");

    public ILocator Tokens => article.Locator(".tokens");

    /// <summary>The sign under an answer that opens its figures.</summary>
    public ILocator Info => article.Locator(".info > summary");

    /// <summary>The figures behind the sign: model, tokens and times.</summary>
    public ILocator Figures => article.Locator(".figures dd:not(:empty)");

    /// <summary>The title of the reasoning panel.</summary>
    public ILocator Thought => article.Locator(".thought");

    public ILocator Copy => article.Locator("[data-action=copy]");

    /// <summary>The sentences that explain how the answer ended.</summary>
    public ILocator Ending => article.Locator(".ending > p:not(.actions):visible");

    public ILocator Countdown => article.Locator(".ending .countdown");

    /// <summary>The next steps that are offered.</summary>
    public ILocator Actions => article.Locator(".ending .actions > :visible");

    public ILocator Retry => Action("retry");

    public ILocator Continue => Action("continue");

    public ILocator Edit => Action("edit");

    public ILocator Reload => Action("reload");

    /// <summary>Without a script, the answer brings its own button.</summary>
    public ILocator StopWithoutScript => article.Locator("form button");

    public async Task<string> IdAsync() => (await article.GetAttributeAsync("data-message-id"))!;

    public Task HasEndedAsync() => Assertions.Expect(article).ToHaveAttributeAsync("data-state", "ended");

    private ILocator Action(string name) => article.Locator($"[data-action={name}]:visible");
}
